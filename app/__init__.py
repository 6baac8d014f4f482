"""The core: what is true on the floor and what people do there. Standard library only; imports no other room."""
