"""Techniques of a scan, one folder each. To read first and to copy: `banner`."""
