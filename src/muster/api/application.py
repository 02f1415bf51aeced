"""The API as a whole: its operations, who may call them, and its description."""

from ninja import NinjaAPI, Router
from ninja.security import HttpBearer

from muster import __version__
from muster.api import general, links
from muster.api.access import EXPORTING, AccountBearer, ImportBearer, OrganizationBearer
from muster.api.account import keys, organizations, records, registered
from muster.api.bodies import BodyParser
from muster.api.export import inventories, small, sync, tables_of_others
from muster.api.imports import uploads
from muster.api.openapi import DescribedAPI
from muster.api.org import assets, bulk, custom, explorers, places, tasks
from muster.api.own import asking, sources
from muster.api.problems import handle_problems

api: NinjaAPI = DescribedAPI(
    title="Muster",
    version=__version__,
    description=(
        "Programs for runZero's API work here. What only Muster has lies under `/org/muster`."
        " Every error is one JSON object with a sentence (RFC 7807)."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url="/openapi.json",
    parser=BodyParser(),
)
handle_problems(api)

_ACCOUNT, _ORGANIZATION = AccountBearer(), OrganizationBearer()
_EXPORTING, _IMPORTING = OrganizationBearer(EXPORTING), ImportBearer()

# Of two that could mean one address, the first is asked: `/assets/merge` before `/assets/{id}`.
_ROUTERS: tuple[tuple[str, Router, HttpBearer | None], ...] = (
    ("", general.open_to_all, None),
    ("", links.router, None),
    ("", general.signed_in, _EXPORTING),
    ("/export/org", sync.router, _EXPORTING),
    ("/export/org", tables_of_others.router, _EXPORTING),
    ("/export/org", small.router, _EXPORTING),
    ("/export/org", inventories.router, _EXPORTING),
    ("/import/org/{org_id}", uploads.imports, _IMPORTING),
    ("/org", uploads.sites, _ORGANIZATION),
    ("/org/muster", sources.router, _ORGANIZATION),
    ("/org/muster", asking.router, _ORGANIZATION),
    ("/org", places.router, _ORGANIZATION),
    ("/org", bulk.router, _ORGANIZATION),
    ("/org", custom.router, _ORGANIZATION),
    ("/org", explorers.router, _ORGANIZATION),
    ("/org", tasks.router, _ORGANIZATION),
    ("/org", assets.router, _ORGANIZATION),
    ("/account", keys.signing_in, None),
    ("/account", general.account, _ACCOUNT),
    ("/account", registered.router, _ACCOUNT),
    ("/account", organizations.router, _ACCOUNT),
    ("/account", keys.router, _ACCOUNT),
    ("/account", records.router, _ACCOUNT),
)
for _prefix, _router, _auth in _ROUTERS:
    if _auth is None:
        api.add_router(_prefix, _router)
    else:
        api.add_router(_prefix, _router, auth=_auth)
