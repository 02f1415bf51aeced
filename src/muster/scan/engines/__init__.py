"""Sending and hearing: what is asked of which address, how fast, and what answered."""
