"""Changing Explorers: their names, sites, tags and limits; and revoking them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from muster.core.errors import ConfigError
from muster.explorers.assignments import blank_plans
from muster.explorers.models import LONGEST_NAME, Explorer
from muster.explorers.permission import check_may_change
from muster.organizations.models import Site
from muster.organizations.scope import Scope

MOST_RUNS = 100
_MOST_TAGS = 100
_LONGEST_TAG = 200
_LONGEST_DESCRIPTION = 10_000
_RESERVED = ("group:", "zone:")


@dataclass(frozen=True, slots=True)
class ExplorerChanges:
    """What a person changes; None stays as it is. `most_runs` 0 brings the setting's back."""

    name: str | None = None
    description: str | None = None
    site: Site | None = None
    tags: Sequence[str] | None = None
    most_runs: int | None = None


def edit(scope: Scope, explorer: Explorer, changes: ExplorerChanges) -> Explorer:
    """Change an Explorer and return it.

    Raises ConfigError for whatever cannot be as given; then nothing is changed.
    """
    check_may_change(scope, explorer)
    if changes.name is not None:
        explorer.name = checked_name(changes.name)
    if changes.description is not None:
        explorer.description = _checked_description(changes.description)
    if changes.site is not None:
        explorer.site = changes.site
    if changes.tags is not None:
        explorer.tags = checked_tags(changes.tags)
    if changes.most_runs is not None:
        explorer.most_runs = _checked_most(changes.most_runs)
    try:
        with transaction.atomic():
            explorer.save(update_fields=["name", "description", "site", "tags", "most_runs"])
    except IntegrityError as error:
        raise ConfigError(
            f"there is already an Explorer named '{explorer.name}'", hint="Choose another name."
        ) from error
    return explorer


def revoke(scope: Scope, explorer: Explorer, *, at: datetime) -> Explorer:
    """Take an Explorer out of service for good; what it is at ends with a sentence.

    Its keys open nothing from now on. Doing it twice is no failure.
    """
    check_may_change(scope, explorer)
    if explorer.revoked_at is None:
        with transaction.atomic():
            explorer.revoked_at, explorer.revoked_by = at, scope.principal.name
            explorer.session = ""
            explorer.save(update_fields=["revoked_at", "revoked_by", "session"])
            blank_plans(explorer)
    return explorer


def checked_name(name: str) -> str:
    """Return the name without blanks around it; raise ConfigError if it is none."""
    stripped = name.strip()
    if not stripped or len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise ConfigError(
            f"the name of an Explorer is 1 to {LONGEST_NAME} printable characters",
            hint="Choose another one.",
        )
    if stripped.casefold().startswith(_RESERVED):
        raise ConfigError(
            f"no name begins with {' or '.join(_RESERVED)}", hint="Choose another one."
        )
    return stripped


def checked_tags(tags: Sequence[str]) -> list[str]:
    """Return the tags, each once, in their order; raise ConfigError for one that is none."""
    found = list(dict.fromkeys(each.strip() for each in tags if each.strip()))
    for each in found:
        if len(each) > _LONGEST_TAG or not each.isprintable():
            raise ConfigError(
                f"the tag '{each[:50]}' is too long or cannot be printed",
                hint=f"A tag is a word or word=value of at most {_LONGEST_TAG} characters.",
            )
    if len(found) > _MOST_TAGS:
        raise ConfigError(f"there are {len(found)} tags", hint=f"{_MOST_TAGS} are the most.")
    return found


def _checked_description(text: str) -> str:
    if len(text) > _LONGEST_DESCRIPTION or "\0" in text:
        raise ConfigError(
            f"a description is at most {_LONGEST_DESCRIPTION:,} characters without NUL",
            hint="Shorten it.",
        )
    return text


def _checked_most(runs: int) -> int | None:
    if not 0 <= runs <= MOST_RUNS:
        raise ConfigError(
            f"the most runs at once are {runs}",
            hint=f"It is a number from 1 to {MOST_RUNS}; 0 brings back the server's setting.",
        )
    return runs or None
