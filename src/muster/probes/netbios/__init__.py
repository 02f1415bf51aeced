"""The names that a machine has in NetBIOS."""
