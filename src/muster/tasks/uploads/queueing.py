"""Taking an upload: all of it is read once, so that whoever sends it learns what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from muster.core.errors import DataError
from muster.custom.models import CustomIntegration
from muster.custom.services import source_name
from muster.organizations.models import Site
from muster.organizations.scope import Scope
from muster.tasks.checking import check
from muster.tasks.files import RecordFile
from muster.tasks.importing import IMPORT
from muster.tasks.models import Task, Trigger
from muster.tasks.queueing import queue
from muster.tasks.services.checking import checked_description, checked_name
from muster.tasks.services.permission import check_may_change
from muster.tasks.uploads.keeping import keep
from muster.tasks.uploads.reading import pushed_assets

RECORDS, CUSTOM = "records", "custom"
"""What an upload holds: records of ours, nmap's or a list; or what a custom integration pushes."""


@dataclass(frozen=True, slots=True)
class NewUpload:
    """What a program uploads into a site. With an `integration`, it is that one's."""

    name: str
    site: Site
    integration: CustomIntegration | None = None
    description: str = ""
    tags: str = ""
    excludes_unknown: bool = False
    more: Mapping[str, str] = field(default_factory=dict)


def queue_upload(scope: Scope, new: NewUpload, file: BinaryIO, *, at: datetime) -> Task:
    """Keep an upload and queue its run; return the task.

    Raises DataError if any of it cannot be read, ConfigError if who asks may not: then nothing is
    kept.
    """
    check_may_change(scope)
    name, description = checked_name(new.name), checked_description(new.description)
    _check(file, new.integration)
    file.seek(0)
    options = _options(new, is_packed=file.read(2) == b"\x1f\x8b")
    file.seek(0)
    with transaction.atomic():
        task = Task.objects.create(
            organization=scope.organization,
            name=name,
            description=description,
            source=IMPORT,
            site=new.site,
            options=options,
            created_at=at,
            created_by=scope.principal.name[:200],
            updated_at=at,
        )
        keep(queue(task, Trigger.MANUAL, at=at), file)
    return task


def _options(new: NewUpload, *, is_packed: bool) -> dict[str, str]:
    options = {"upload": CUSTOM if new.integration else RECORDS, **new.more}
    if new.integration is not None:
        options["integration"] = str(new.integration.uid)
    if new.tags:
        options["tags"] = new.tags
    if new.excludes_unknown:
        options["exclude_unknown"] = "true"
    if is_packed:
        options["packed"] = "true"
    return options


def _check(file: BinaryIO, integration: CustomIntegration | None) -> None:
    total = _pushed(file, integration) if integration is not None else _records(file)
    if not total:
        raise DataError("the upload holds no assets", hint="Each line is one JSON object.")


def _pushed(file: BinaryIO, integration: CustomIntegration) -> int:
    return sum(1 for _each in pushed_assets(file, source=source_name(integration)))


def _records(file: BinaryIO) -> int:
    total = 0
    for total, record in enumerate(RecordFile(file, name="the upload").records(), start=1):
        check(record, name="the upload", number=total)
    return total
