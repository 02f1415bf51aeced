"""People of the console (accounts), their roles, and who is asking."""
