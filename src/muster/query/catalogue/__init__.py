"""The field catalogue: what can be asked of each inventory; errors and docs come from it."""

from muster.query.catalogue.catalogue import INVENTORIES, Catalogue, catalogue
from muster.query.catalogue.field import Field, FieldType
from muster.query.catalogue.markdown import catalogue_markdown

__all__ = [
    "INVENTORIES",
    "Catalogue",
    "Field",
    "FieldType",
    "catalogue",
    "catalogue_markdown",
]
