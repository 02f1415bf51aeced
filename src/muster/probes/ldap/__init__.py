"""LDAP: what a directory server says of itself to anyone."""
