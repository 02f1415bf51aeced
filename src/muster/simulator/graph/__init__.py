"""Microsoft Graph's endpoints, v1.0."""
