"""The search language: text to tree to conditions. Pure: no database, no clock."""

from muster.query.ast import Query
from muster.query.binding import bind
from muster.query.catalogue import catalogue, catalogue_markdown
from muster.query.document import Document
from muster.query.evaluate import evaluate
from muster.query.parse import LONGEST_QUERY_BYTES, parse
from muster.query.printing import to_text
from muster.query.values.patterns import LONGEST_INDEXED

__all__ = [
    "LONGEST_INDEXED",
    "LONGEST_QUERY_BYTES",
    "Document",
    "Query",
    "bind",
    "catalogue",
    "catalogue_markdown",
    "evaluate",
    "parse",
    "to_text",
]
