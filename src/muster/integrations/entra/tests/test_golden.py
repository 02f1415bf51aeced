"""What a whole tenant becomes. Change expected.ndjson only by reading its diff."""

import asyncio
from pathlib import Path

from muster.core import ndjson
from muster.integrations.entra.tests.tenant import Tenant, collected

EXPECTED = Path(__file__).with_name("expected.ndjson")


def test_a_tenant_becomes_the_expected_records():
    tenant = Tenant()

    records = asyncio.run(collected(tenant, tenant.context(include_inactive="true")))

    assert sorted(map(ndjson.encode, records)) == sorted(EXPECTED.read_bytes().splitlines(True))
