"""The contract that every source keeps, as one suite: a source's tests subclass it."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any

import msgspec

from muster.core import ndjson
from muster.core.errors import ConfigError
from muster.core.records import (
    AnyRecord,
    AssetRecord,
    CheckpointRecord,
    Collection,
    CollectionReport,
)
from muster.core.source import Context, OptionKind, SilentProgress, Source


class RecordingProgress(SilentProgress):
    """Progress that keeps everything said, for looking through it."""

    def __init__(self) -> None:
        """Start with nothing said."""
        super().__init__()
        self.said: list[str] = []

    def log(self, level: str, event: str, **fields: object) -> None:
        """Keep the line as text."""
        self.said.append(f"{level} {event} {fields}")


class SourceContract:
    """Subclass as `Test...`, say `source` and `context`, and pytest runs every promise.

    Override `secret` where the source takes a credential, with values found nowhere else.
    """

    secret: Mapping[str, str] = {}

    def source(self) -> Source:
        """Return a source whose other side answers well."""
        raise AssertionError("say which source keeps the contract")

    def context(self) -> Context:
        """Return a context with which it can collect everything."""
        return Context(secret=self.secret)

    def collected(self, **given: Any) -> list[AnyRecord]:
        """Return everything one run yields, its context changed by what is given."""
        return asyncio.run(_all(self.source(), _with(self.context(), given)))

    def test_it_declares_itself(self) -> None:
        """Name, label, id and collections are there, and each name once."""
        source = self.source()

        assert source.name
        assert source.name == source.name.casefold().strip()
        assert source.label
        assert source.source_id > 0
        assert source.collections
        assert len(set(source.collections)) == len(source.collections)

    def test_every_option_is_explained(self) -> None:
        """Each has a label and a help, and a default that its kind can hold."""
        for option in self.source().options:
            assert option.label, option.name
            assert option.help, option.name
            assert option.kind is not OptionKind.BOOLEAN or option.default in {"true", "false"}
            assert not option.choices or option.default in option.choices

    def test_option_names_are_unique(self) -> None:
        """A plan's options are keyed by name."""
        names = [option.name for option in self.source().options]

        assert len(set(names)) == len(names)

    def test_every_credential_type_is_explained(self) -> None:
        """Each has a label and labelled fields, and something secret."""
        for kind in self.source().credential_types:
            assert kind.label, kind.name
            assert all(each.label for each in kind.fields)
            assert kind.secret_names(), kind.name

    def test_every_declared_collection_is_reported_once_and_complete(self) -> None:
        """A collection without a report can never expire anything."""
        reports = [each for each in self.collected() if isinstance(each, CollectionReport)]

        assert sorted(each.collection for each in reports) == sorted(self.source().collections)
        assert all(each.complete and not each.error for each in reports)

    def test_a_report_counts_what_was_yielded(self) -> None:
        """The figures of reports are those of the records."""
        records = self.collected()
        reports = [each for each in records if isinstance(each, CollectionReport)]

        assert sum(each.records for each in reports) == len(records) - len(reports)

    def test_no_asset_comes_twice(self) -> None:
        """Foreign ids are unique within a run."""
        ids = [each.id for each in self.collected() if isinstance(each, AssetRecord)]

        assert len(set(ids)) == len(ids)

    def test_every_record_names_its_source(self) -> None:
        """The name that is declared, on records and reports alike."""
        assert {each.source for each in self.collected()} == {self.source().name}

    def test_records_survive_ndjson(self) -> None:
        """What is written and read again is the same."""
        for record in self.collected():
            assert ndjson.decode(ndjson.encode(record)) == record

    def test_attributes_are_flat_text(self) -> None:
        """Text to text, no empty keys."""
        for record in self.collected():
            attributes = getattr(record, "attributes", {})
            assert all(isinstance(value, str) for value in attributes.values())
            assert all(attributes)

    def test_nothing_secret_leaves(self) -> None:
        """Neither records, checkpoints nor log lines nor findings hold a secret value."""
        progress = RecordingProgress()
        given = {"progress": progress, "checkpoints": {}}
        source, context = self.source(), _with(self.context(), given)
        said = [msgspec.json.encode(each).decode() for each in asyncio.run(_all(source, context))]
        findings = asyncio.run(source.verify(context))
        text = "\n".join([*said, *progress.said, *map(str, findings), repr(context)])

        assert not [each for each in _secret_values(source, self.secret) if each in text]

    def test_two_runs_say_the_same(self) -> None:
        """A source holds no state of a run."""
        assert _sorted(self.collected()) == _sorted(self.collected())

    def test_it_goes_on_from_every_checkpoint(self) -> None:
        """Broken off after any checkpoint it yields what is missing, and reports as if undisturbed.

        A source that yields none begins anew, which is all that this then holds.
        """
        whole = self.collected(checkpoints={})
        reports = [each for each in whole if isinstance(each, CollectionReport)]
        for number, record in enumerate(whole):
            if not isinstance(record, CheckpointRecord):
                continue
            before = whole[: number + 1]
            after = self.collected(checkpoints=_places(before))
            told = {ndjson.encode(each) for each in (*before, *after) if _is_told(each)}

            assert told == {ndjson.encode(each) for each in whole if _is_told(each)}
            assert [e for e in _sorted(after) if e in _sorted(reports)] == _sorted(reports)

    def test_no_checkpoint_is_yielded_to_nobody(self) -> None:
        """Files of records hold none."""
        assert not [each for each in self.collected() if isinstance(each, CheckpointRecord)]

    def test_verify_finds_nothing_wrong(self) -> None:
        """With a good credential every required finding holds."""
        findings = asyncio.run(self.source().verify(self.context()))

        assert findings
        assert [each for each in findings if each.is_required and not each.ok] == []

    def test_it_can_be_left_early(self) -> None:
        """Whoever stops reading after the first record leaves nothing running."""
        assert asyncio.run(_first_and_leave(self.source(), self.context()))

    def test_progress_is_told(self) -> None:
        """The figures told add up to what was yielded."""
        progress = _Advances()

        records = self.collected(progress=progress)

        reports = [each for each in records if isinstance(each, CollectionReport)]
        assert progress.done == {each.collection: each.records for each in reports if each.records}

    def test_a_missing_secret_is_a_config_error(self) -> None:
        """A source that needs a credential says so, before anything else."""
        if not self.source().credential_types:
            return
        error = asyncio.run(_config_error(self.source(), _with(self.context(), {"secret": {}})))

        assert error is not None
        assert error.hint


class _Advances(SilentProgress):
    def __init__(self) -> None:
        super().__init__()
        self.done: dict[Collection, int] = {}

    def advance(self, collection: Collection, done: int, total: int | None = None) -> None:
        if done:
            self.done[collection] = done


async def _all(source: Source, context: Context) -> list[AnyRecord]:
    return [each async for each in source.collect(context)]


async def _config_error(source: Source, context: Context) -> ConfigError | None:
    try:
        await _all(source, context)
    except ConfigError as error:
        return error
    return None


async def _first_and_leave(source: Source, context: Context) -> bool:
    stream: Any = source.collect(context)
    async with aclosing(stream):
        await anext(stream)
    return len(asyncio.all_tasks()) == 1


def _with(context: Context, given: Mapping[str, Any]) -> Context:
    names = ("options", "secret", "progress", "now", "endpoints", "checkpoints")
    return Context(**{name: given.get(name, getattr(context, name)) for name in names})


def _places(records: Sequence[AnyRecord]) -> dict[str, Mapping[str, str]]:
    """Return where a run stands that has stored these."""
    told = [each for each in records if isinstance(each, CheckpointRecord)]
    last = {each.part: each.state for each in told}
    return {part: state for part, state in last.items() if state}


def _is_told(record: AnyRecord) -> bool:
    return not isinstance(record, CheckpointRecord | CollectionReport)


def _secret_values(source: Source, secret: Mapping[str, str]) -> list[str]:
    names = {name for kind in source.credential_types for name in kind.secret_names()}
    return [value for name, value in secret.items() if name in names and value]


def _sorted(records: Sequence[AnyRecord]) -> list[bytes]:
    return sorted(map(ndjson.encode, records))
