"""SNMP: what a device is, and the MACs of others that routers and switches know."""
