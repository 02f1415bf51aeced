"""The inventory: one row per asset, user and group, merged from all sources.

`ingest` is the only writer of assets, `search` the only reader by query.
"""
