"""Modbus: maker, product code and revision of a controller, asked once and gently."""
