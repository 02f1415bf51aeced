"""Records: what one source says of one thing. Frozen, flat, and the only thing sources emit.

Attributes are text to text, spelled as the source spells them: dotted keys, nulls dropped,
date-times as `<name>TS` in Unix seconds, lists tab-joined (see `core.normalize`).
They are `msgspec.Struct`s because one line of NDJSON must cost microseconds; see
docs/decisions/0003-records-are-structs.md.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
ForeignId = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
LONGEST_PART = 400
SourceName = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class Collection(StrEnum):
    """What can be complete or incomplete by itself in one run of one source."""

    ASSETS = "assets"
    SERVICES = "services"
    USERS = "users"
    GROUPS = "groups"
    MEMBERSHIPS = "memberships"
    OWNERSHIPS = "ownerships"


class Record(
    msgspec.Struct,
    frozen=True,
    tag_field="type",
    kw_only=True,
    omit_defaults=True,
    # Text and tuples of text make no cycles; left alone by the collector, a run is a fifth quicker.
    gc=False,
):
    """What every record has: the source that says it, by its short name (`azuread`, `runzero`)."""

    source: SourceName


class AssetRecord(Record, frozen=True, tag="asset", kw_only=True, omit_defaults=True):
    """One device or host as one source sees it.

    `id` is the source's own stable id (the foreign id). `kind` is the middle of an attribute's
    key: kind `dev` of source `azuread` makes `@azuread.dev.displayName`; an empty kind (our own
    scans) makes bare keys. `is_active` is False where a directory disabled the device.
    `is_scanned` says that our own scan touched it, `is_alive` that it answered. `seen_at` is when
    the source last saw it, None where the source only says that it exists: then it counts as
    seen when it is ingested.
    """

    id: ForeignId
    kind: str = ""
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    device_type: str = ""
    os: str = ""
    os_version: str = ""
    hardware_vendor: str = ""
    hardware: str = ""
    is_active: bool = True
    is_scanned: bool = False
    is_alive: bool = False
    first_seen_at: Instant | None = None
    seen_at: Instant | None = None
    attributes: Mapping[str, str] = {}
    match_behavior: tuple[str, ...] = ()


class ServiceRecord(Record, frozen=True, tag="service", kw_only=True, omit_defaults=True):
    """One open port of one asset of the same source; `asset_id` is that asset's foreign id."""

    asset_id: ForeignId
    address: str
    transport: str
    port: Port
    protocols: tuple[str, ...] = ()
    product: str = ""
    vendor: str = ""
    version: str = ""
    attributes: Mapping[str, str] = {}


class UserRecord(Record, frozen=True, tag="user", kw_only=True, omit_defaults=True):
    """One person or account of a directory. `name` is what they sign in with."""

    id: ForeignId
    name: str = ""
    display_name: str = ""
    first_name: str = ""
    last_name: str = ""
    description: str = ""
    email: str = ""
    phone: str = ""
    title: str = ""
    department: str = ""
    location: str = ""
    is_active: bool = True
    last_logon_at: Instant | None = None
    attributes: Mapping[str, str] = {}


class GroupRecord(Record, frozen=True, tag="group", kw_only=True, omit_defaults=True):
    """One group of a directory."""

    id: ForeignId
    name: str = ""
    display_name: str = ""
    description: str = ""
    email: str = ""
    attributes: Mapping[str, str] = {}


class MembershipRecord(Record, frozen=True, tag="membership", kw_only=True, omit_defaults=True):
    """One direct member of one group, both by their foreign ids.

    `member_kind` is `user`, `group`, `device` or `other`. Who belongs through nested groups
    follows from the direct ones and is not told twice.
    """

    group_id: ForeignId
    member_id: ForeignId
    member_kind: str = "user"


class OwnershipRecord(Record, frozen=True, tag="ownership", kw_only=True, omit_defaults=True):
    """Who stands behind a device or a group, by foreign ids.

    `subject_kind` is `asset` or `group`; `relation` is `owner` or `user`; `owner_kind` is
    `user` or `other` (a service principal can own a group).
    """

    subject_kind: str
    subject_id: ForeignId
    owner_id: ForeignId
    owner_kind: str = "user"
    relation: str = "owner"


class RemovedRecord(Record, frozen=True, tag="removed", kw_only=True, omit_defaults=True):
    """What the source says is no longer there.

    `id` is the asset, user or group. For memberships it is the group and `other_id` the member,
    for ownerships the subject and the owner: both name one relation; one of them, with the other
    empty, all relations of that object but those told in the same run.
    """

    collection: Collection
    id: Annotated[str, msgspec.Meta(max_length=300)] = ""
    other_id: Annotated[str, msgspec.Meta(max_length=300)] = ""


class StateRecord(Record, frozen=True, tag="state", kw_only=True, omit_defaults=True):
    """Where the source stands once everything before this is stored.

    It gets this back in its next `Context`, and reads it alone. Whoever runs the source keeps it
    out of logs: a link in it opens nothing without a credential, but is nobody's business.
    """

    state: Mapping[str, str]


class CheckpointRecord(Record, frozen=True, tag="checkpoint", kw_only=True, omit_defaults=True):
    """Where the source can go on with one part of its work, once everything before this is stored.

    A part's last word counts; an empty `state` drops the part. A run that is taken up again gets
    what is left of them in its `Context`, and the source reads them alone. They are handled as a
    `StateRecord` is, and hold neither secrets nor more than a few pages' ids in one part.
    """

    part: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_PART)]
    state: Mapping[str, str] = {}


class CollectionReport(Record, frozen=True, tag="report", kw_only=True, omit_defaults=True):
    """What a source says after a collection: whether that was all of it.

    Emitted in its place among the records, so that a file of them can be replayed. Only
    `complete=True` lets anything of the collection expire. `error` is the sentence for a person,
    `hint` what to do, `code` the other side's own name for it; all empty when complete.
    `is_delta` says that only changes were told: what was not told is as it was, and stays.
    `scope` are the addresses that a scan speaks for, as `first-last` or single ones: what it did
    not see there is not alive. Empty where the collection is a whole world by itself.
    """

    collection: Collection
    complete: bool
    is_delta: bool = False
    scope: tuple[str, ...] = ()
    records: int = 0
    error: str = ""
    hint: str = ""
    code: str = ""


COLLECTION_OF: Mapping[type, Collection] = {
    AssetRecord: Collection.ASSETS,
    ServiceRecord: Collection.SERVICES,
    UserRecord: Collection.USERS,
    GroupRecord: Collection.GROUPS,
    MembershipRecord: Collection.MEMBERSHIPS,
    OwnershipRecord: Collection.OWNERSHIPS,
}
"""What a record is counted as; the others are not counted."""

AnyRecord = (
    AssetRecord
    | ServiceRecord
    | UserRecord
    | GroupRecord
    | MembershipRecord
    | OwnershipRecord
    | RemovedRecord
    | StateRecord
    | CheckpointRecord
    | CollectionReport
)
