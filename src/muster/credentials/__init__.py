"""Credentials of sources: encrypted at rest, verified before they are saved, write-only."""
