"""A small tenant behind a mock transport: Graph's own shapes, and faults a test can put in."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson

from muster.core.http import Outside
from muster.core.source import Context, SilentProgress
from muster.integrations.entra.source import EntraSource

PAGES = Path(__file__).with_name("pages")
GRAPH = "https://graph.microsoft.com"
LOGIN = "https://login.microsoftonline.com"
TENANT_ID = "11111111-2222-4333-8444-555555555555"
CLIENT_ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
SECRET = {"client_id": CLIENT_ID, "client_secret": "s3cr3t~Value", "tenant_id": TENANT_ID}
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ALL_ROLES = ("Device.Read.All", "Group.Read.All", "User.Read.All", "AuditLog.Read.All")

Handler = Callable[[httpx.Request], httpx.Response | None]


def page(name):
    return orjson.loads((PAGES / f"{name}.json").read_bytes())


def token(roles=ALL_ROLES, number=1):
    claims = base64.urlsafe_b64encode(orjson.dumps({"roles": list(roles), "n": number}))
    return f"e30.{claims.decode().rstrip('=')}.sig"


def graph_error(status, code, message="", headers=None):
    return httpx.Response(
        status, headers=headers, json={"error": {"code": code, "message": message}}
    )


class Clock:
    def __init__(self):
        self.slept = []
        self.moment = NOW

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def monotonic(self):
        return (self.moment - NOW).total_seconds() + 1000.0

    def now(self):
        return self.moment


class Progress(SilentProgress):
    def __init__(self):
        super().__init__()
        self.lines = []
        self.totals = {}

    def log(self, level, event, **fields):
        self.lines.append((level, event, fields))

    def advance(self, collection, done, total=None):
        self.totals[collection] = (done, total)

    def events(self, level):
        return [event for each, event, _ in self.lines if each == level]


class Tenant:
    """Answers like Entra and Graph. `handlers` see each request first and may answer it."""

    def __init__(self, *, roles=ALL_ROLES, token_lifetime=3600):
        self.requests = []
        self.handlers: list[Handler] = []
        self.roles = roles
        self.token_lifetime = token_lifetime
        self.tokens_issued = 0
        self.clock = Clock()
        self.progress = Progress()
        self.answers = {
            "/v1.0/devices": page("devices"),
            "/v1.0/users": page("users"),
            "/v1.0/groups": page("groups"),
        }

    def on(self, text, response, *, times=None):
        """Answer requests whose address contains `text`, at most `times` times."""
        left = [times]

        def handler(request):
            if text not in httpx.URL(request.url).raw_path.decode() or left[0] == 0:
                return None
            if left[0] is not None:
                left[0] -= 1
            if isinstance(response, Exception):
                raise response
            return response(request) if callable(response) else response

        self.handlers.append(handler)

    def outside(self):
        return Outside(
            transport=httpx.MockTransport(self.answer),
            sleep=self.clock.sleep,
            monotonic=self.clock.monotonic,
            now=self.clock.now,
            draw=lambda: 1.0,
        )

    def source(self):
        return EntraSource(self.outside())

    def context(self, secret=SECRET, **options):
        return Context(options=options, secret=secret, progress=self.progress, now=NOW)

    def answer(self, request):
        self.requests.append(request)
        for handler in self.handlers:
            if (response := handler(request)) is not None:
                return response
        url = urlsplit(str(request.url))
        if url.netloc == urlsplit(LOGIN).netloc:
            return self._login(url)
        if url.path == "/v1.0/$batch":
            return self._batch(request)
        return self._graph(url)

    def _login(self, url):
        if url.path.endswith("openid-configuration"):
            base = f"{LOGIN}/{TENANT_ID}"
            return httpx.Response(
                200,
                json={
                    "issuer": f"{base}/v2.0",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                },
            )
        if "/userrealm/" in url.path:
            return httpx.Response(200, json={"account_type": "Managed"})
        self.tokens_issued += 1
        return httpx.Response(
            200,
            json={
                "access_token": token(self.roles, self.tokens_issued),
                "token_type": "Bearer",
                "expires_in": self.token_lifetime,
            },
        )

    def _graph(self, url):
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        name = url.path
        if name in self.answers:
            return httpx.Response(200, json=_view(self.answers[name], query))
        return graph_error(404, "Request_ResourceNotFound", "Resource does not exist.")

    def _batch(self, request):
        parts = orjson.loads(request.content)["requests"]
        replies = []
        for part in reversed(parts):
            inner = httpx.Request("GET", f"{GRAPH}/v1.0{part['url']}", headers=part["headers"])
            response = self.answer(inner)
            replies.append(
                {
                    "id": part["id"],
                    "status": response.status_code,
                    "headers": dict(response.headers),
                    "body": response.json(),
                }
            )
        return httpx.Response(200, json={"responses": replies})


def _view(document, query):
    """Return a page as $select and $expand would show it."""
    wanted = query.get("$select", "").split(",") if query.get("$select") else None
    expanded = query.get("$expand", "").split("(")[0]
    relations = {"registeredOwners", "registeredUsers", "owners", "members"}
    select_only = {"isManagementRestricted", "onPremisesSecurityIdentifier"}
    is_device = any("deviceId" in each for each in document["value"])
    rows = []
    for item in document["value"]:
        row = {
            name: value
            for name, value in item.items()
            if name == "@odata.type" or name not in relations
            if wanted is None or name in wanted or name == "@odata.type"
            if not (wanted is None and is_device and name in select_only)
        }
        if expanded:
            row[expanded] = item.get(expanded, [])[:20]
        rows.append(row)
    told = {"@odata.count": len(rows)} if query.get("$count") == "true" else {}
    return {**document, **told, "value": rows}


async def collected(tenant, context=None):
    return [each async for each in tenant.source().collect(context or tenant.context())]


def reports(records):
    return {each.collection.value: each for each in records if hasattr(each, "collection")}
