"""The documentation: its links lead somewhere, and its command lines are understood."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from muster.cli.main import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(muster [^`]+)`")
_REFUSED = typer.BadParameter.__mro__[1]  # what Typer raises for any command line it cannot read
_BETWEEN = {"|", ";", "&&"}


def links():
    for page in PAGES:
        for target in _LINK.findall(page.read_text(encoding="utf-8")):
            if not target.startswith(("http://", "https://", "mailto:")):
                yield page.relative_to(ROOT), target


def command_lines():
    """Yield (page, line) of every call of the program in a block of shell commands."""
    for page in GUIDES:
        for block in _BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                if re.match(r"(\S*/)?muster ", line):
                    yield page.name, line


def mentions():
    """Yield (page, command) of every command that is named in a sentence or a table."""
    for page in GUIDES:
        for text in _INLINE.findall(page.read_text(encoding="utf-8")):
            yield page.name, text.replace("\\|", "|")


def headings(page):
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            yield re.sub(r"[^\w\- ]", "", line.lstrip("# ").casefold()).replace(" ", "-")


def arguments(line):
    """Return what stands behind the program's name, up to a pipe or the next command."""
    words = shlex.split(line, comments=True)[1:]
    ends = [at for at, word in enumerate(words) if word in _BETWEEN]
    return words[: min(ends, default=len(words))]


def understand(given):
    """Have the program read a command line, without doing what it says."""
    command, rest, parent = typer.main.get_command(app), given, None
    while rest or not isinstance(command, TyperGroup):
        context = command.make_context(command.name, list(rest), parent=parent)
        if not isinstance(command, TyperGroup):
            return
        _name, command, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        parent = context


@pytest.mark.parametrize(("page", "target"), list(links()))
def test_a_link_leads_to_something_that_is_there(page, target):
    path, _, heading = target.partition("#")

    found = ((ROOT / page).parent / path).resolve() if path else ROOT / page

    assert found.exists()
    assert found.is_relative_to(ROOT)
    assert not heading or heading in headings(found)


@pytest.mark.parametrize(("page", "line"), list(command_lines()))
def test_a_command_line_is_understood(page, line):
    understand(arguments(line))


@pytest.mark.parametrize(("page", "text"), list(mentions()))
def test_a_command_that_is_named_exists(page, text):
    try:
        understand([each for each in arguments(text) if each != "--help"])
    except _REFUSED as missing:
        # Naming a command or an option without its value is fine.
        if type(missing).__name__ not in {"MissingParameter", "BadOptionUsage"}:
            raise


def test_a_wrong_command_line_would_be_found():
    for wrong in ("nonsense", "search --nonsense x", "entra nonsense", "search --limit x"):
        with pytest.raises(_REFUSED):
            understand(arguments(f"muster {wrong}"))


def test_every_command_has_its_line_in_the_guide():
    text = (ROOT / "docs" / "guide" / "cli.md").read_text(encoding="utf-8")
    root = typer.main.get_command(app)

    for path in commands(root):
        assert f"`muster {path}" in text


def commands(root):
    context = typer.Context(root)
    for name in root.list_commands(context):
        _name, command, _rest = root.resolve_command(context, [name])
        if isinstance(command, TyperGroup):
            yield from (f"{name} {each}" for each in command.list_commands(typer.Context(command)))
        else:
            yield name
