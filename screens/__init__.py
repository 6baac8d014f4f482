"""What people see and touch. Flet lives here and in `main.py` only.

A screen asks a workflow and sees ports, never an adapter.
"""
