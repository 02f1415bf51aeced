"""Every source there is: one line each. A new integration is its folder and its line here."""

from collections.abc import Mapping

from muster.core.errors import ConfigError
from muster.core.source import CredentialType, Source
from muster.integrations.entra.source import EntraSource
from muster.integrations.example.source import ExampleSource

_ALL: tuple[Source, ...] = (
    EntraSource(),
    ExampleSource(),
)

SOURCES: Mapping[str, Source] = {each.name: each for each in _ALL}


def source(name: str) -> Source:
    """Return the source of that name. Raises ConfigError if there is none."""
    found = SOURCES.get(name)
    if found is None:
        raise ConfigError(
            f"there is no source named {name!r}", hint=f"There are {', '.join(sorted(SOURCES))}."
        )
    return found


def credential_type(name: str) -> CredentialType:
    """Return the credential type of that name. Raises ConfigError if no source knows it."""
    for each in SOURCES.values():
        for kind in each.credential_types:
            if kind.name == name:
                return kind
    raise ConfigError(f"there is no credential type named {name!r}")
