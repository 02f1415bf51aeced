"""Asking the database for what one query matches: few things first (decision 0014)."""
