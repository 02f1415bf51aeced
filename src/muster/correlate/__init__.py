"""Which records are of the same machine. Pure: values in, decisions with their reasons out."""

from muster.correlate.clusters import Link, Node, resolve
from muster.correlate.keys import Dimension, Key, keys_of

__all__ = ["Dimension", "Key", "Link", "Node", "keys_of", "resolve"]
