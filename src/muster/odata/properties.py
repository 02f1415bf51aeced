"""What Microsoft says of the properties of a device, a user and a group: type, default, filters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from types import MappingProxyType

from muster.odata.tables import device, group, user


class Level(StrEnum):
    """What a request needs for an operator to work, by the letter that the tables use."""

    NONE = "-"
    DEFAULT = "D"
    ADVANCED = "A"
    DEFAULT_ONLY = "O"


class Returned(StrEnum):
    """When Graph returns a property of a collection's members."""

    DEFAULT = "default"
    SELECT = "select"
    SINGLE = "single"
    PROFILE = "profile"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class Property:
    """One property, or one property of a complex one (`assignedLicenses/skuId`).

    `type` is its EDM type. `returned` is None for what cannot be selected: parts, navigations.
    The levels are of the current table of advanced queries; `stated` are the operators that
    the resource's own page names, None where no page could name them. `counts` are the numbers
    that `/$count` may be compared with.
    """

    name: str
    type: str
    returned: Returned | None
    equals: Level
    starts_with: Level
    ordering: Level
    null: Level
    ends_with: Level = Level.NONE
    counts: tuple[int, ...] = ()
    is_declared: bool = True
    stated: frozenset[str] | None = None

    @property
    def is_default(self) -> bool:
        """True if Graph returns it without `$select`."""
        return self.returned is Returned.DEFAULT

    @property
    def is_collection(self) -> bool:
        """True if its value is a list."""
        return self.type.startswith("Collection(")

    @property
    def element_type(self) -> str:
        """The EDM type of its value, or of one element of its list."""
        return self.type.removeprefix("Collection(").removesuffix(")")

    @property
    def is_complex(self) -> bool:
        """True if its value, or an element of it, is an object."""
        return not self.element_type.startswith("Edm.")


@dataclass(frozen=True, slots=True)
class Resource:
    """One kind of directory object: `properties` can be selected, `paths` can stand in filters."""

    name: str
    title: str
    properties: Mapping[str, Property]
    paths: Mapping[str, Property]

    def find(self, path: str) -> Property | None:
        """Return what a path without its lambda variable names, None if no table knows it."""
        found = self.paths.get(path)
        if found is not None:
            return found
        return self.paths.get(f"{path.split('/', 1)[0]}/*") if "/" in path else None

    def may_be_extension(self, path: str) -> bool:
        """True if an unknown path could be a tenant's own extension or a cast to another type.

        Names of extensions have an underscore (`extension_<application>_name`), types a dot.
        """
        first = path.split("/", 1)[0]
        folded = first.replace("_", "").casefold()
        is_misspelt = folded in {each.casefold() for each in self.properties}
        return "." in path or ("_" in first.strip("_") and not is_misspelt)

    def parts(self, name: str) -> list[str]:
        """Return the names of the parts of a complex property that tables know."""
        prefix = f"{name}/"
        return [each.removeprefix(prefix) for each in self.paths if each.startswith(prefix)]


# Lies in another store than the directory, so no filter can ask for anything beside it.
LONELY_ROOT = "signInActivity"

_TABLES = {"device": device.TABLE, "user": user.TABLE, "group": group.TABLE}
_COUNTS = {"count0": (0,), "count01": (0, 1)}
_EXTENSION_ATTRIBUTES = range(1, 16)


@cache
def resource(name: str) -> Resource:
    """Return the tables of `device`, `user` or `group`; KeyError for anything else."""
    rows = list(_rows(_TABLES[name]))
    return Resource(
        name=name,
        title=name.capitalize(),
        properties=MappingProxyType({row.name: row for row in rows if row.returned is not None}),
        paths=MappingProxyType({row.name: row for row in rows}),
    )


def _rows(table: str) -> Iterator[Property]:
    for line in table.strip().splitlines():
        row, bar, stated = line.partition("|")
        name, *cells = row.split()
        operators = frozenset(stated.split()) if bar else None
        for each in _names(name):
            yield _property(each, cells, operators)


def _names(name: str) -> list[str]:
    """A row for `extensionAttributes/#` stands for the fifteen numbered attributes."""
    stem, mark, _ = name.partition("#")
    return [f"{stem}extensionAttribute{each}" for each in _EXTENSION_ATTRIBUTES] if mark else [name]


def _property(name: str, cells: list[str], stated: frozenset[str] | None) -> Property:
    type_name, returned, levels, *extras = cells
    equals, starts_with, ordering, null = (Level(letter) for letter in levels)
    return Property(
        name=name,
        type=_edm(type_name),
        returned=None if returned == "-" else Returned(returned),
        equals=equals,
        starts_with=starts_with,
        ordering=ordering,
        null=null,
        ends_with=Level.ADVANCED if "ends" in extras else Level.NONE,
        counts=next((_COUNTS[each] for each in extras if each in _COUNTS), ()),
        is_declared="undeclared" not in extras,
        stated=stated,
    )


def _edm(short: str) -> str:
    """Primitive types are capitalised in the tables, complex ones are not."""
    inner = short.removeprefix("Collection(").removesuffix(")")
    full = f"Edm.{inner}" if inner[0].isupper() else f"microsoft.graph.{inner}"
    return f"Collection({full})" if short.startswith("Collection(") else full
