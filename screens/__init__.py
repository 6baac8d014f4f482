"""What people see and touch. Flet lives here and in `wiring.py` only.

A screen asks a workflow and sees ports, never an adapter.
"""
