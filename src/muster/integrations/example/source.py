"""A source over a JSON file: the whole of an integration on one page."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from muster.core import normalize
from muster.core.errors import ConfigError, DataError, UnavailableError
from muster.core.records import (
    AnyRecord,
    AssetRecord,
    CheckpointRecord,
    Collection,
    CollectionReport,
)
from muster.core.source import Context, CredentialType, Finding, Option

DEVICES = "devices"
PORTION = 500
FILE = Path(__file__).with_name("inventory.json")


class ExampleSource:
    """Devices listed in `inventory.json` beside this module."""

    name = "example"
    label = "Example"
    source_id = 21
    collections: tuple[Collection, ...] = (Collection.ASSETS,)
    # What a person may set, and what a credential holds: the forms and flags are drawn from these.
    options: Sequence[Option] = (
        Option("prefix", "Name starts with", help="Only devices named so are imported."),
    )
    credential_types: Sequence[CredentialType] = ()

    def instance(self, secret: Mapping[str, str]) -> str:
        """Return "": there is one file, so there is one world."""
        return ""

    async def verify(self, context: Context) -> list[Finding]:
        """Try to read the file."""
        try:
            devices = await _devices(context)
        except (ConfigError, UnavailableError) as error:
            return [Finding("read the file", ok=False, detail=error.message, hint=error.hint)]
        return [Finding("read the file", ok=True, detail=f"{len(devices)} devices")]

    async def collect(self, context: Context) -> AsyncIterator[AnyRecord]:
        """Yield one asset for each device, then the report: only it lets anything expire.

        A checkpoint after each portion says where a run that breaks off would go on.
        """
        prefix = context.options.get("prefix", "").casefold()
        place = (context.checkpoints or {}).get(DEVICES, {})
        done, begin = int(place.get("done", "0")), int(place.get("next", "0"))
        for number, device in enumerate(await _devices(context)):
            if number < begin:
                continue
            if number > begin and number % PORTION == 0 and context.checkpoints is not None:
                here = {"done": str(done), "next": str(number)}
                yield CheckpointRecord(source=self.name, part=DEVICES, state=here)
            try:
                record = asset(device)
            except DataError as error:
                context.progress.log("warning", error.message)
                continue
            if record.names[0].casefold().startswith(prefix):
                done += 1
                context.progress.advance(Collection.ASSETS, done)
                yield record
        yield CollectionReport(
            source=self.name, collection=Collection.ASSETS, complete=True, records=done
        )


def asset(device: Any) -> AssetRecord:
    """Return one device as a record. Raises DataError if it has no id or name."""
    try:
        return AssetRecord(
            source=ExampleSource.name,
            kind="dev",
            id=str(device["id"]),
            names=(str(device["name"]),),
            addresses=tuple(filter(None, map(normalize.address, device.get("addresses", ())))),
            os=device.get("os", ""),
            attributes=normalize.flatten(device),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise DataError(f"a device cannot be read: {str(device)[:80]}") from error


async def _devices(context: Context) -> list[Any]:
    """Return the file's list. Another file only by server setting, as with any base address."""
    path = Path(context.endpoints.get("file", FILE))
    try:
        document = orjson.loads(await asyncio.to_thread(path.read_bytes))
        devices = document["devices"]
    except OSError as error:
        raise UnavailableError(f"{path.name} cannot be read: {error.strerror}") from error
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ConfigError(f"{path.name} holds no list of devices", hint="See README.md.") from error
    if not isinstance(devices, list):
        raise ConfigError(f"{path.name} holds no list of devices", hint="See README.md.")
    return devices
