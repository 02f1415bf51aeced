"""The name that DNS has for an address."""
