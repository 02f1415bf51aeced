"""Bytes of protocols into values and back, where more than one probe needs them; no I/O."""
