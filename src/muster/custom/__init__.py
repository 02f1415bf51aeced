"""Custom integrations: sources that people register, and push their own assets for."""
