"""From the tree to conditions: what a query means in one inventory at one instant."""

from muster.query.binding.bind import MOST_RELATIONS, IsAttribute, bind

__all__ = ["MOST_RELATIONS", "IsAttribute", "bind"]
