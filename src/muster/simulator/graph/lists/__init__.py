"""Listings: pages of a collection or of related objects, and their links."""
