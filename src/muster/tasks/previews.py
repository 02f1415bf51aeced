"""What a connector task would import, without importing it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol, runtime_checkable

from django.conf import settings

from muster.core.errors import ConfigError
from muster.core.source import Context
from muster.credentials.models import Credential
from muster.credentials.services import open_for_use
from muster.integrations import registry
from muster.tasks.options import EXCLUDE_UNKNOWN, checked


class Preview(Protocol):
    """How many match; how many of them would be imported, None where that cannot be known."""

    @property
    def matching(self) -> int:
        """How many the filter lets through."""

    @property
    def importable(self) -> int | None:
        """How many of them would be imported."""


@runtime_checkable
class Previewing(Protocol):
    """A source that can count before it collects."""

    async def preview(self, context: Context) -> Preview:
        """Count what a run with these options would import."""


def preview(
    source_name: str, credential: Credential, options: Mapping[str, str], *, at: datetime
) -> Preview:
    """Return how many records a run with these options would import.

    Raises ConfigError if the source cannot say, and what the source raises.
    """
    source = registry.source(source_name)
    if not isinstance(source, Previewing):
        raise ConfigError(f"{source.label} has no preview", hint="Run a sync instead.")
    given = checked(source, options)
    wanted = {name: text for name, text in given.items() if name != EXCLUDE_UNKNOWN}
    context = Context(
        options=wanted,
        secret=open_for_use(credential, at=at),
        now=at,
        endpoints=settings.ENDPOINTS,
    )
    return asyncio.run(source.preview(context))
