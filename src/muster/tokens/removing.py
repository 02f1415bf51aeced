"""Taking away whatever lets a program in, by what a person calls it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from muster.core.errors import ConfigError
from muster.organizations.scope import Scope
from muster.tokens.models import ApiClient, Kind, Token
from muster.tokens.selectors import clients_of, shown, tokens_of
from muster.tokens.services import remove_client, remove_token


def remove(scope: Scope, reference: str, *, at: datetime) -> dict[str, Any]:
    """Remove a token or client by its id, or a token by how it begins; return what it was.

    Raises ConfigError unless just one is meant that the organization has, or that holds for all.
    """
    wanted = reference.strip().casefold()
    found = [each for each in _known(scope) if wanted in _names(each)]
    if len(found) != 1:
        what = "several tokens begin with" if found else "there is no token or client"
        raise ConfigError(f"{what} '{reference[:60]}'", hint="See them with: muster token list")
    row, told = found[0], shown(found[0])
    if isinstance(row, Token):
        remove_token(scope.principal, row, at=at)
    else:
        remove_client(scope.principal, row, at=at)
    return told


def _known(scope: Scope) -> Iterator[Token | ApiClient]:
    for home in (scope.organization, None):
        yield from tokens_of(home, list(Kind))
        yield from clients_of(home)


def _names(row: Token | ApiClient) -> set[str]:
    beginning = row.beginning.casefold() if isinstance(row, Token) else ""
    return {str(row.uid), beginning} - {""}
