"""Organizations (isolated tenants), their sites, and the scope every read starts from."""
