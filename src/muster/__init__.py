"""Muster: which machines does my directory not know, and which of its devices are never seen."""

__version__ = "0.1.0"
