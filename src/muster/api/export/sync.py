"""Exports for programs that come back for what is new: Splunk and alike.

What a long run brings is as old as the run, so a checkpoint goes back to the start of the oldest
run that is still going: something may be told twice, and nothing is missed.
"""

from collections.abc import Callable, Iterator
from typing import Annotated

from ninja import Query, Router

from muster.api import answers
from muster.api.access import OrganizationRequest
from muster.api.answers import encoded, stream
from muster.api.export import kinds
from muster.api.export.inventories import FAULTS, Answer, Fields, Search
from muster.api.export.kinds import KINDS
from muster.api.rendering.assets import JSON
from muster.api.schemas.inventory import AssetsSince
from muster.query import parse
from muster.tasks.selectors import oldest_going

router = Router(tags=["export"])

_LATEST = 253_402_300_799
Since = Annotated[
    int, Query(ge=0, le=_LATEST, description="The `since` of the answer before; 0 for all.")
]


def since_by(column: str) -> Callable[..., Answer]:
    """Return the operation that exports what is new by one instant of assets."""

    def export(
        request: OrganizationRequest, search: Search = "", fields: Fields = "", since: Since = 0
    ) -> Answer:
        access = request.auth
        parse(search)  # so that a mistake is told of the query as it was typed
        asked = f"{column}:>={since} AND ({search})" if search.strip() else f"{column}:>={since}"
        pick = kinds.picking(KINDS["assets"], fields)
        going = oldest_going(access.scope)
        start = going or access.now
        checkpoint = max(since, int(start.timestamp()) - 1)
        documents = (pick(each) for each in kinds.every(access, KINDS["assets"], asked))
        return stream(_told(documents, checkpoint), answers.JSON)

    return export


def _told(documents: Iterator[JSON], checkpoint: int) -> Iterator[bytes]:
    yield f'{{"since":{checkpoint},"assets":'.encode()
    separator = b"["
    for each in documents:
        yield separator + encoded(each)
        separator = b",\n"
    yield b"[]}" if separator == b"[" else b"]}"


for _name in ("created", "updated"):
    router.add_api_operation(
        f"/assets/sync/{_name}/assets.json",
        ["GET"],
        since_by(f"{_name}_at"),
        summary=f"Export assets {_name} since a checkpoint",
        operation_id=f"export_assets_sync_{_name}",
        response={200: AssetsSince, **FAULTS},
    )
