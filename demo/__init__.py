"""The demo warehouse and the launcher of `make run`: it meets the store over HTTP only."""
