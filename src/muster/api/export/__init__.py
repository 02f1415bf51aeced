"""Whole inventories as files: streams whose memory stays flat, whatever their size."""
