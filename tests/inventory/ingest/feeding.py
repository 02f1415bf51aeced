"""Short ways to write records and to put them into the inventory."""

from collections.abc import Sequence
from datetime import datetime

from muster.core.records import (
    AnyRecord,
    AssetRecord,
    Collection,
    CollectionReport,
    ServiceRecord,
)
from muster.inventory.ingest import Ingestion, Statistics
from muster.organizations.scope import Scope

SOURCES = {
    "runzero": 1,
    "crowdstrike": 4,
    "nessus": 11,
    "azuread": 16,
    "ldap": 17,
    "intune": 19,
    "sample": 21,
    "meraki": 25,
}


def device(number: str, name: str = "", *, os: str = "Windows", **more: object) -> AssetRecord:
    names = (name,) if name else ()
    return AssetRecord(source="azuread", id=number, kind="dev", names=names, os=os, **more)


def host(number: str, name: str = "", *, os: str = "", **more: object) -> AssetRecord:
    names = (name,) if name else ()
    return AssetRecord(source="runzero", id=number, names=names, os=os, is_scanned=True, **more)


def service(number: str, port: int = 22, **more: object) -> ServiceRecord:
    """An open port of the host of that number."""
    fields = {"source": "runzero", "address": "10.0.0.1", "transport": "tcp", **more}
    return ServiceRecord(asset_id=number, port=port, **fields)


def complete(source: str, collection: Collection = Collection.ASSETS) -> CollectionReport:
    return CollectionReport(source=source, collection=collection, complete=True)


def ingest(
    scope: Scope,
    records: Sequence[AnyRecord],
    *,
    at: datetime,
    run_id: int = 1,
    site: str = "",
    batch: int = 1000,
    exclude_unknown: bool = False,
    instance: str = "tenant",
) -> Statistics:
    """Ingest records of one source as one run, in batches."""
    source = records[0].source
    ingestion = Ingestion(
        scope,
        source=source,
        source_id=SOURCES[source],
        instance=instance,
        site=scope.site(site),
        run_id=run_id,
        at=at,
        exclude_unknown=exclude_unknown,
    )
    for start in range(0, len(records), batch):
        ingestion.take(records[start : start + batch])
    return ingestion.finish()
