"""Asking a map service where an address is: off unless an operator gives a key, and only when somebody presses."""
