"""The demo warehouse and the launcher of `make run`: it speaks to the store as a shop and an administrator do, over HTTP only."""
