"""MQTT: whether a broker lets anyone in, and its version."""
