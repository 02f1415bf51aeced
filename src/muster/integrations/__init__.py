"""Third-party integrations: one folder each, one line each in the registry."""
