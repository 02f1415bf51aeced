"""The probe to read first and to copy: what a port says by itself."""
