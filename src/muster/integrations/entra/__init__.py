"""Microsoft Entra ID, read through Microsoft Graph."""
