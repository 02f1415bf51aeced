"""The catalogue as a page of documentation."""

from muster.query.ast import Operator
from muster.query.catalogue.catalogue import INVENTORIES, Catalogue
from muster.query.catalogue.field import Field, FieldType


def catalogue_markdown() -> str:
    """Return a page with one table of keywords per inventory, and what each type takes."""
    parts = ["# Search keywords", _types(), *(_inventory(each) for each in INVENTORIES.values())]
    return "\n\n".join(parts) + "\n"


def _types() -> str:
    used = {field.type for each in INVENTORIES.values() for field in each.known()}
    rows = [
        f"| {each.value} | {_operators(each)} | {_cell(each.expects)} |"
        for each in FieldType
        if each in used
    ]
    return "\n".join(["## Types", "", "| type | operators | value |", "|---|---|---|", *rows])


def _operators(kind: FieldType) -> str:
    return " ".join(f"`:{each.value}`" for each in Operator if each in kind.operators)


def _inventory(inventory: Catalogue) -> str:
    title = f"## {inventory.inventory.capitalize()}"
    header = ["| keyword | type | meaning | example |", "|---|---|---|---|"]
    rows = [_row(each) for each in sorted(inventory.known(), key=lambda field: field.name)]
    return "\n".join([title, "", *header, *rows, *_absent(inventory)])


def _row(field: Field) -> str:
    names = ", ".join(f"`{each}`" for each in (field.name, *field.aliases))
    return f"| {names} | {field.type.value} | {_cell(field.help)} | `{_cell(field.example)}` |"


def _absent(inventory: Catalogue) -> list[str]:
    reasons: dict[str, list[str]] = {}
    for field in inventory.fields:
        if field.type is FieldType.ABSENT:
            reasons.setdefault(field.help, []).append(f"`{field.name}`")
    if not reasons:
        return []
    return [
        "",
        "Not there:",
        "",
        *(f"- {why}: {', '.join(names)}." for why, names in reasons.items()),
    ]


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
