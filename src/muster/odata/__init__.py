"""Microsoft Graph's $filter language: parse, print, evaluate, check, and Graph's own refusals."""

from muster.odata.check import Checked, Issue, Severity, check, needs_advanced
from muster.odata.evaluation import evaluate, matches, predicate
from muster.odata.nodes import Expression, Kind, Literal, Path
from muster.odata.parser import parse
from muster.odata.printing import quoted, to_text
from muster.odata.properties import Level, Property, Resource, Returned, resource
from muster.odata.refusal import Refusal, refusal, syntax_refusal

__all__ = [
    "Checked",
    "Expression",
    "Issue",
    "Kind",
    "Level",
    "Literal",
    "Path",
    "Property",
    "Refusal",
    "Resource",
    "Returned",
    "Severity",
    "check",
    "evaluate",
    "matches",
    "needs_advanced",
    "parse",
    "predicate",
    "quoted",
    "refusal",
    "resource",
    "syntax_refusal",
    "to_text",
]
