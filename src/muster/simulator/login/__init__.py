"""Microsoft Entra ID's sign-in endpoints."""
