"""The whole way over real sockets, against the simulated tenant and what can be made to go wrong."""

import threading
from contextlib import closing

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster import odata
from muster.core.records import (
    AssetRecord,
    GroupRecord,
    MembershipRecord,
    OwnershipRecord,
    UserRecord,
)
from muster.core.source import SilentProgress
from muster.integrations.entra.filters import device_filter
from muster.runner import Plan, Step, run
from muster.simulator.config import ServerConfig, TenantConfig
from muster.simulator.demo import demo_server
from muster.simulator.testing import start_in_thread

EXAMPLES = [
    "not(startsWith(operatingSystem, 'Android'))",
    "not(operatingSystem eq 'iOS') and not(operatingSystem eq 'iPad')",
    "startswith(displayName, 'PROD')",
    "not(startswith(displayName, 'DEV'))",
    "deviceOwnership eq 'Company' or isManaged eq true",
]


def small():
    demo = demo_server()
    tenant = demo.tenants[0]
    names = {field: getattr(tenant, field) for field in TenantConfig.__dataclass_fields__}
    sizes = {"devices": 1200, "users": 200, "groups": 40}
    return ServerConfig(tenants=(TenantConfig(**{**names, **sizes}),))


@pytest.fixture(scope="module")
def running():
    with start_in_thread(small()) as simulator:
        yield simulator


@pytest.fixture
def simulator(running):
    running.clear_faults()
    return running


class Outcome:
    def __init__(self, simulator, *, stop=None, on_batch=None, **options):
        self.records = []
        self.progress = SilentProgress()
        demo = simulator.demo
        secret = {
            "client_id": demo.client_id,
            "client_secret": demo.client_secret,
            "tenant_id": demo.tenant_id,
        }
        endpoints = {"login": simulator.url, "graph": simulator.url}
        step = Step("azuread", options=options, secret=secret, endpoints=endpoints)

        def emit(records):
            self.records.extend(records)
            if on_batch:
                on_batch(records)

        (self.report,) = run(Plan((step,)), emit, progress=self.progress, stop=stop)
        self.reports = {each.collection.value: each for each in self.report.collections}

    def of(self, kind):
        return {repr(each) for each in self.records if isinstance(each, kind)}

    def everything(self):
        kinds = (AssetRecord, UserRecord, GroupRecord, MembershipRecord, OwnershipRecord)
        return {kind: self.of(kind) for kind in kinds}


@pytest.fixture(scope="module")
def whole(running):
    running.clear_faults()
    return Outcome(running)


def test_a_whole_tenant_is_collected_completely(whole):
    assert whole.report.complete
    assert whole.report.records == len(whole.records) - 5
    assert len(whole.of(UserRecord)) == 200
    assert len(whole.of(GroupRecord)) == 40
    assert len(whole.of(AssetRecord)) + whole.progress.counts["inactive"] == 1200
    assert whole.of(MembershipRecord)
    assert whole.of(OwnershipRecord)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "throttled", "path": "users", "retry_after": "0.02", "times": 3},
        {"kind": "status", "status": 503, "path": "groups", "retry_after": "0", "times": 2},
        {"kind": "truncated_body", "path": "devices", "page": 2, "times": 1},
        {"kind": "malformed_json", "path": "devices", "times": 1},
        {"kind": "html", "path": "users", "times": 1},
        {"kind": "drop", "path": "users", "times": 1},
        {"kind": "drop_body", "path": "groups", "times": 1},
        {"kind": "expired_page_token", "path": "devices", "page": 2, "times": 1},
        {"kind": "expire_tokens", "path": "devices", "page": 2, "times": 1},
        {"kind": "page_size", "path": "", "size": 70, "times": None},
        {"kind": "empty_page", "path": "users", "times": 1},
        {"kind": "duplicate", "path": "devices", "times": 1},
        {"kind": "no_count", "path": "", "times": None},
    ],
    ids=lambda fault: fault["kind"],
)
def test_what_passes_changes_nothing_of_the_result(simulator, whole, fault):
    simulator.add_faults(fault)

    outcome = Outcome(simulator)

    assert outcome.report.error == ""
    assert outcome.everything() == whole.everything()


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "foreign_link", "path": "/users\\?", "times": None},
        {"kind": "forbidden", "path": "/users\\?", "times": None},
        {"kind": "link_loop", "path": "/users\\?", "times": None},
    ],
    ids=lambda fault: fault["kind"],
)
def test_what_stays_wrong_makes_one_collection_incomplete(simulator, fault):
    simulator.add_faults(
        {**fault}, {"kind": "page_size", "path": "/users", "size": 100, "times": None}
    )

    outcome = Outcome(simulator)

    assert not outcome.reports["users"].complete
    assert outcome.reports["users"].error.startswith("failed to get Entra ID users: ")
    assert all(each.complete for name, each in outcome.reports.items() if name != "users")


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_pages_examples_import_what_they_say(simulator, text):
    everything = Outcome(simulator, include_inactive="true")
    expression = odata.parse(text)

    outcome = Outcome(simulator, filter=text, include_inactive="true")

    assert outcome.report.complete
    expected = {
        each.id
        for each in everything.records
        if isinstance(each, AssetRecord) and odata.matches(expression, _typed(each))
    }
    assert {each.id for each in outcome.records if isinstance(each, AssetRecord)} == expected


def _typed(asset):
    """Return the attributes as Graph wrote them, as far as the examples read them."""
    managed = asset.attributes.get("isManaged")
    return {**asset.attributes, "isManaged": None if managed is None else managed == "true"}


def test_a_filter_that_graph_ignores_gives_the_same_devices(simulator):
    text = "startswith(displayName, 'WS')"
    honest = Outcome(simulator, filter=text)
    simulator.add_faults({"kind": "ignore_filter", "path": "devices", "times": None})

    ignoring = Outcome(simulator, filter=text)

    assert ignoring.of(AssetRecord) == honest.of(AssetRecord)
    assert ignoring.progress.counts["filtered_locally"] > 0


LITERALS = st.sampled_from(["'WS'", "'Windows'", "'Company'", "'dell inc.'", "''", "'Ü'", "'zzz'"])
TERMS = st.one_of(
    st.builds(
        lambda name, value: f"startsWith({name},{value})",
        st.sampled_from(["displayName", "operatingSystem", "operatingSystemVersion"]),
        LITERALS,
    ),
    st.builds(
        lambda name, operator, value: f"{name} {operator} {value}",
        st.sampled_from(["displayName", "operatingSystem", "manufacturer", "model", "trustType"]),
        st.sampled_from(["eq", "ne"]),
        LITERALS,
    ),
    st.sampled_from(["isManaged eq true", "isCompliant ne false", "accountEnabled eq true"]),
)
FILTERS = st.recursive(
    TERMS,
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner)
        | st.builds("not({})".format, inner)
    ),
    max_leaves=4,
)


class Devices:
    """Graph's own answers, asked for without any of our code."""

    def __init__(self, simulator):
        demo = simulator.demo
        self.url = f"{simulator.url}/v1.0/devices"
        self.http = httpx.Client(trust_env=False)
        form = {
            "client_id": demo.client_id,
            "client_secret": demo.client_secret,
            "grant_type": "client_credentials",
            "scope": "https://graph.microsoft.com/.default",
        }
        token_url = f"{simulator.url}/{demo.tenant_id}/oauth2/v2.0/token"
        token = self.http.post(token_url, data=form).json()["access_token"]
        self.headers = {"Authorization": f"Bearer {token}", "ConsistencyLevel": "eventual"}

    def all(self, **parameters):
        query = {"$top": "999", "$count": "true", **parameters}
        document = self.http.get(self.url, params=query, headers=self.headers).json()
        found = document["value"]
        while link := document.get("@odata.nextLink"):
            document = self.http.get(link, headers=self.headers).json()
            found += document["value"]
        return found


@pytest.fixture(scope="module")
def devices(running):
    running.clear_faults()
    asked = Devices(running)
    with closing(asked.http):
        yield asked, asked.all()


@settings(max_examples=40, deadline=None)
@given(text=FILTERS)
def test_the_local_answer_to_a_filter_is_the_simulators(devices, text):
    asked, everything = devices
    wanted = device_filter(text)
    expression = odata.parse(text)

    answered = asked.all(**{"$filter": text, "$select": "id"})

    assert {each["id"] for each in answered} == {
        each["id"] for each in everything if odata.matches(expression, each)
    }
    assert not {each["id"] for each in everything if wanted.leaves_out(each)} & {
        each["id"] for each in answered
    }


def test_stopping_in_the_middle_is_prompt_and_incomplete(simulator):
    stop = threading.Event()
    simulator.add_faults({"kind": "slow", "path": "users", "seconds": 600, "times": None})

    outcome = Outcome(simulator, stop=stop, on_batch=lambda _: stop.set())

    assert outcome.report.is_stopped
    assert not outcome.reports["users"].complete
