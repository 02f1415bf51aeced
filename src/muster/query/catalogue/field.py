"""What the catalogue says of one keyword."""

from dataclasses import dataclass
from enum import StrEnum

from muster.query.ast import Operator

_MATCHES = (Operator.CONTAINS, Operator.EQUAL)


class FieldType(StrEnum):
    """What a keyword's value is, which decides how it is read and compared."""

    TEXT = "text"
    VERSION = "version"
    NUMBER = "number"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    ADDRESS = "address"
    ADDRESS_FLAG = "address flag"
    MAC = "mac"
    ID = "id"
    SITE = "site"
    ORGANIZATION = "organization"
    SOURCE = "source"
    RELATION = "relation"
    RELATED = "related"
    PORTS = "ports"
    ATTRIBUTE = "attribute"
    ATTRIBUTE_NAME = "attribute name"
    PRESENCE = "presence"
    ABSENT = "absent"

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The operators that the type takes; only `:` and `:=` where nothing can be compared."""
        return tuple(Operator) if self in _COMPARED else _MATCHES

    @property
    def expects(self) -> str:
        """What a person should type as the value."""
        return _EXPECTED[self]


_COMPARED = {
    FieldType.VERSION,
    FieldType.NUMBER,
    FieldType.INSTANT,
    FieldType.ATTRIBUTE,
    FieldType.RELATED,
}
_EXPECTED = {
    FieldType.TEXT: "text; part of it is enough, := wants all of it, % and _ stand for other text",
    FieldType.VERSION: "text, or an operator and a version such as :>=10.0.19045",
    FieldType.NUMBER: "a number, with := :> :>= :< :<= to compare",
    FieldType.BOOLEAN: "t, true, yes, f, false or no",
    FieldType.INSTANT: "an age such as :<2weeks (younger) or :>30days (older), a date, :>0 (set)",
    FieldType.ADDRESS: "an address, a CIDR, a range (10.0.0.1-10.0.0.9), or the start of one",
    FieldType.ADDRESS_FLAG: "t, true, yes, f, false or no",
    FieldType.MAC: "a MAC or part of one, in any spelling",
    FieldType.ID: "the id as the product shows it (a UUID)",
    FieldType.SITE: "the name or id of a site",
    FieldType.ORGANIZATION: "the name or id of an organization",
    FieldType.SOURCE: "the name or number of a source",
    FieldType.RELATION: "a name; with a dot behind it, any keyword of the other inventory",
    FieldType.RELATED: "what the keyword of the other inventory takes",
    FieldType.PORTS: "ports with commas between, such as 80,443; := means these and no others",
    FieldType.ATTRIBUTE: "text, a number, a version or an age, as the attribute holds",
    FieldType.ATTRIBUTE_NAME: "part of an attribute's name",
    FieldType.PRESENCE: "an attribute's whole name or a keyword",
    FieldType.ABSENT: "nothing: there is no such data",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One keyword: how it is called, what it takes, and where its value lies.

    `key` is our own key of the value in the attribute tables, or the attribute's name; `column`
    the column or computed figure. `is_future` instants can lie ahead: `:<6weeks` then means
    before six weeks from now. `relation` leads to other things, which lie in `inventory` and are
    known by its `named_by`. `target` is what a shorthand stands for: a keyword of the related
    inventory, the keyword whose presence a boolean tells, or a set of addresses (those of what
    `relation` leads to, if there is one). `choices` are the only values there are, where they are
    few and known; completion offers them.
    """

    name: str
    type: FieldType
    help: str
    example: str = ""
    aliases: tuple[str, ...] = ()
    key: str = ""
    column: str = ""
    is_future: bool = False
    relation: str = ""
    inventory: str = ""
    target: str = ""
    choices: tuple[str, ...] = ()
