"""Kinds of credentials: declared by the sources that accept them, looked up by name."""

from collections.abc import Iterator

from muster.core.errors import ConfigError
from muster.core.source import CredentialType, Source
from muster.integrations import registry


def known_types() -> Iterator[tuple[Source, CredentialType]]:
    """Yield every kind of credential with the source that declares it."""
    for source in registry.SOURCES.values():
        for kind in source.credential_types:
            yield source, kind


def declared(name: str) -> tuple[Source, CredentialType]:
    """Return the kind of that name, and the source that can verify it.

    Raises ConfigError if no source declares it.
    """
    for source, kind in known_types():
        if kind.name == name:
            return source, kind
    names = ", ".join(kind.name for _source, kind in known_types())
    raise ConfigError(f"there is no credential type '{name}'", hint=f"Types are: {names}.")
