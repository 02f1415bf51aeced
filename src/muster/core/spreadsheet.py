"""Cells of tables that people open in a spreadsheet."""

from datetime import datetime
from typing import Any

# In full width too: a spreadsheet in a language that writes so reads them alike.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: Any) -> str:
    """Return a value as text that no spreadsheet takes for a formula."""
    text = _text(value)
    is_formula = text.lstrip(" ").startswith(_FORMULA) and not isinstance(value, int | float)
    return f"'{text}" if is_formula else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return " ".join(f"{name}={text}" for name, text in value.items())
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value)
