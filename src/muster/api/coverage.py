"""Every operation of the reference API, and what became of it: printed as docs/api-coverage.md.

`python -m muster.api.coverage` prints the page; a test compares. Words beside an operation are
here; whether it is offered follows from the routes.
"""

import re
import sys
from collections.abc import Iterator, Mapping

ROOT = "/api/v1.0"
_PARAMETER = re.compile(r"\{[^}]*\}")

REFERENCE = """
GET /releases/agent/version
GET /releases/scanner/version
GET /releases/platform/version
GET /health
GET /metadata
POST /import/org/{}/assets
GET /export/org/assets.json
GET /export/org/assets.jsonl
GET /export/org/assets.csv
GET /export/org/assets.nmap.xml
GET /export/org/services.json
GET /export/org/services.jsonl
GET /export/org/services.csv
GET /export/org/sites.json
GET /export/org/sites.jsonl
GET /export/org/sites.csv
GET /export/org/wireless.json
GET /export/org/wireless.jsonl
GET /export/org/wireless.csv
GET /export/org/software.json
GET /export/org/software.jsonl
GET /export/org/software.csv
GET /export/org/vulnerabilities.json
GET /export/org/vulnerabilities.jsonl
GET /export/org/vulnerabilities.csv
GET /export/org/certificates.csv
GET /export/org/certificates.json
GET /export/org/certificates.jsonl
GET /export/org/users.json
GET /export/org/users.jsonl
GET /export/org/users.csv
GET /export/org/groups.json
GET /export/org/groups.jsonl
GET /export/org/groups.csv
GET /export/org/findings.csv
GET /export/org/findings.json
GET /export/org/findings.jsonl
GET /export/org/subnet.stats.csv
GET /export/org/snmp.arpcache.csv
GET /export/org/tasks.json
GET /export/org/tasks.jsonl
GET /export/org/assets/sync/created/assets.json
GET /export/org/assets/sync/updated/assets.json
GET /export/org/assets.servicenow.csv
GET /export/org/assets.servicenow.json
GET /export/org/services.servicenow.csv
GET /export/org/assets.servicegraph.json
GET /export/org/assets.cisco.csv
GET /org/assets/type.csv
GET /org/assets/os.csv
GET /org/assets/hw.csv
GET /org/assets/tags.csv
GET /org/services/tcp.csv
GET /org/services/udp.csv
GET /org/services/protocols.csv
GET /org/services/products.csv
GET /org/metrics
GET /org
PATCH /org
GET /org/key
DELETE /org/key
PATCH /org/key/rotate
GET /org/agents
GET /org/agents/{}
DELETE /org/agents/{}
PATCH /org/agents/{}
POST /org/agents/{}/update
GET /org/explorers
GET /org/explorers/{}
DELETE /org/explorers/{}
PATCH /org/explorers/{}
POST /org/explorers/{}/update
GET /org/hosted-zones
GET /org/hosted-zones/{}
GET /org/sites
PUT /org/sites
GET /org/sites/{}
DELETE /org/sites/{}
PATCH /org/sites/{}
PUT /org/sites/{}/import
PUT /org/sites/{}/import/nessus
PUT /org/sites/{}/import/packet
PUT /org/sites/{}/scan
PUT /org/sites/{}/sample
GET /org/assets
GET /org/assets/{}
DELETE /org/assets/{}
POST /org/assets/bulk/delete
PATCH /org/assets/{}/comments
PATCH /org/assets/{}/tags
PATCH /org/assets/{}/criticality
PATCH /org/assets/merge
PATCH /org/assets/bulk/tags
POST /org/assets/bulk/clearTags
PATCH /org/assets/bulk/criticality
PATCH /org/assets/{}/owners
PATCH /org/assets/bulk/owners
POST /org/assets/bulk/clearOwners
POST /org/custom-integrations/{}/bulk/remove
DELETE /org/assets/{}/custom-integrations/{}/remove
DELETE /org/assets/{}/sources/{}/remove
GET /org/custom-integrations
GET /org/custom-integrations/{}
POST /org/custom-integrations/{}/asset
PATCH /org/custom-integrations/{}/attributes
PATCH /org/assets/{}/custom-integrations/{}/attributes
GET /org/services
GET /org/services/{}
DELETE /org/services/{}
GET /org/wireless
GET /org/wireless/{}
DELETE /org/wireless/{}
GET /org/tasks
GET /org/tasks/{}
PATCH /org/tasks/{}
GET /org/tasks/{}/data
GET /org/tasks/{}/changes
GET /org/tasks/{}/log
POST /org/tasks/{}/stop
POST /org/tasks/{}/hide
GET /account/orgs
PUT /account/orgs
GET /account/orgs/{}
PATCH /account/orgs/{}
DELETE /account/orgs/{}
DELETE /account/orgs/{}/exportToken
PATCH /account/orgs/{}/exportToken/rotate
GET /account/orgs/{}/exportTokens
POST /account/orgs/{}/exportTokens
GET /account/orgs/{}/exportTokens/{}
DELETE /account/orgs/{}/exportTokens/{}
PATCH /account/orgs/{}/exportTokens/{}/rotate
GET /account/license
GET /account/sites
GET /account/credentials
PUT /account/credentials
GET /account/credentials/{}
DELETE /account/credentials/{}
GET /account/keys
PUT /account/keys
GET /account/keys/{}
DELETE /account/keys/{}
PATCH /account/keys/{}/rotate
GET /account/events.json
GET /account/events.jsonl
GET /account/tasks
GET /account/tasks/templates
POST /account/tasks/templates
PUT /account/tasks/templates
GET /account/tasks/templates/{}
DELETE /account/tasks/templates/{}
GET /account/agents
GET /account/users
PUT /account/users
PUT /account/users/invite
GET /account/users/{}
DELETE /account/users/{}
PATCH /account/users/{}
PATCH /account/users/{}/resetMFA
PATCH /account/users/{}/resetLockout
PATCH /account/users/{}/resetPassword
GET /account/groups
POST /account/groups
PUT /account/groups
GET /account/groups/{}
DELETE /account/groups/{}
GET /account/sso/groups
POST /account/sso/groups
PUT /account/sso/groups
GET /account/sso/groups/{}
DELETE /account/sso/groups/{}
GET /account/assets/ownership-types
POST /account/assets/ownership-types
PUT /account/assets/ownership-types
DELETE /account/assets/ownership-types
PATCH /account/assets/ownership-types/{}
DELETE /account/assets/ownership-types/{}
GET /account/custom-integrations
POST /account/custom-integrations
GET /account/custom-integrations/{}
PATCH /account/custom-integrations/{}
PUT /account/custom-integrations/{}
DELETE /account/custom-integrations/{}
POST /account/api/token
POST /account/api/rotate
"""

_EMPTY = "always empty: Muster has no such data"
_NO_PEOPLE = "people and groups of the console are managed in the console"
_TAGS = "adds, changes and (`-key`) takes away; people's tags only, those of sources stay"
DIFFERS: Mapping[str, str] = {
    "GET /export/org/snmp.arpcache.csv": _EMPTY,
    "GET /export/org/services.servicenow.csv": "its columns are our own choice",
    "GET /export/org/assets.cisco.csv": "its columns are our own choice",
    "GET /export/org/subnet.stats.csv": "IPv4; `mask` is the length of the prefix, 24 without it",
    "GET /export/org/assets/sync/created/assets.json": "may tell something twice, misses nothing",
    "GET /export/org/assets/sync/updated/assets.json": "may tell something twice, misses nothing",
    "GET /org/hosted-zones": "always empty: nobody hosts scanners for you",
    "GET /org/hosted-zones/{}": "always 404",
    "PUT /org/sites/{}/import": "takes our NDJSON, nmap's XML and CSV, not runZero's scan files",
    "PUT /org/sites/{}/import/nessus": "refused with 400: Nessus files are not read",
    "PUT /org/sites/{}/import/packet": "refused with 400: packet captures are not read",
    "PUT /org/sites/{}/scan": "refused with 400: `no available agents` without an Explorer",
    "PUT /org/sites/{}/sample": "refused with 400: there is no traffic sampling",
    "DELETE /org/explorers/{}": "refused with 400: by the command line for now",
    "PATCH /org/explorers/{}": "refused with 400: by the command line for now",
    "POST /org/explorers/{}/update": "refused with 400: Explorers are updated where they run",
    "DELETE /org/agents/{}": "refused with 400: by the command line for now",
    "PATCH /org/agents/{}": "refused with 400: by the command line for now",
    "POST /org/agents/{}/update": "refused with 400: Explorers are updated where they run",
    "PATCH /org/assets/{}/tags": f"{_TAGS}; empty takes all away",
    "PATCH /org/assets/bulk/tags": f"{_TAGS}; an empty search is refused",
    "DELETE /org/assets/{}/sources/{}/remove": "its record gets an asset of its own, for good",
    "GET /org/tasks/{}/data": "only uploads are kept; 404 for others",
    "PATCH /org/tasks/{}": "name, description, site, params, grace period and status only",
    "PATCH /org": "no `parent_id`: organizations have no parents",
    "PUT /account/orgs": "no `parent_id`: organizations have no parents",
    "PATCH /account/orgs/{}": "no `parent_id`: organizations have no parents",
    "PUT /account/credentials": "only types whose source Muster has; it is tried at once and saved "
    "even if refused, unless `save_anyway=false`",
    "GET /account/orgs": "a search is part of a name, a description or an id",
    "GET /account/events.json": "a search is part of an action, a name or an id",
    "GET /account/events.jsonl": "a search is part of an action, a name or an id",
    "PATCH /account/custom-integrations/{}": "its name stays once assets have data of it",
    "PUT /account/custom-integrations/{}": "its name stays once assets have data of it",
    "POST /account/custom-integrations": "names have letters, digits, dots, hyphens, underscores",
    "POST /account/api/rotate": "asks for the id and the old secret, no token",
    **{
        f"GET /export/org/{kind}.{form}": _EMPTY
        for kind in ("wireless", "software", "vulnerabilities", "certificates", "findings")
        for form in ("json", "jsonl", "csv")
    },
}
NOT_OFFERED: Mapping[str, str] = {
    "GET /org/metrics": "no history of figures is kept yet",
    "GET /org/wireless": "Muster holds no wireless networks",
    "GET /org/wireless/{}": "Muster holds no wireless networks",
    "DELETE /org/wireless/{}": "Muster holds no wireless networks",
    **{
        each: _NO_PEOPLE
        for each in REFERENCE.split("\n")
        if re.match(r"[A-Z]+ /account/(users|groups|sso)(/|$)", each)
    },
}

_HEAD = """\
# Coverage of the reference API

<!-- Printed by `python -m muster.api.coverage`; a test compares. Edit coverage.py. -->

Every operation of runZero's public API, and what Muster does with it: {works} work as they do
there, {differs} differ, {not_offered} are not offered and answer 404. `{{}}` stands for an id.
Everywhere: times that Muster does not know are 0, ids that it does not have are zeros, `client_id`
is zeros, and `risk`, `credentials`, vulnerabilities and end-of-life dates are empty.

| operation | | |
|---|---|---|
{rows}

## Only Muster has

| operation | what |
|---|---|
{own}
"""


def page() -> str:
    """Return the page."""
    offered = dict(_offered())
    rows = [(each, *_verdict(each, offered)) for each in _reference()]
    verdicts = [verdict for _operation, verdict, _why in rows]
    own = [f"| `{name}` | {what} |" for name, what in offered.items() if "/org/muster/" in name]
    return _HEAD.format(
        works=verdicts.count("works"),
        differs=verdicts.count("differs"),
        not_offered=verdicts.count("not offered"),
        rows="\n".join(f"| `{name}` | {verdict} | {why} |" for name, verdict, why in rows),
        own="\n".join(own),
    )


def _reference() -> list[str]:
    return [each for each in REFERENCE.split("\n") if each]


def _verdict(operation: str, offered: Mapping[str, str]) -> tuple[str, str]:
    if operation not in offered:
        return "not offered", NOT_OFFERED[operation]
    return ("differs", DIFFERS[operation]) if operation in DIFFERS else ("works", "")


def _offered() -> Iterator[tuple[str, str]]:
    from muster.api.application import api

    for path, item in api.get_openapi_schema()["paths"].items():
        for method, operation in item.items():
            name = _PARAMETER.sub("{}", path.removeprefix(ROOT))
            yield f"{method.upper()} {name}", operation["summary"]


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "muster.settings")
    django.setup()
    sys.stdout.write(page())
