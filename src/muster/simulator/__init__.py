"""A stand-in for Microsoft Entra ID and Graph: its own process, apart from the product."""
