"""The demo's company: everything of it follows from these numbers, so the scan fits the tenant."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from muster.simulator.config import ServerConfig
from muster.simulator.demo import demo_tenant
from muster.simulator.directory import Directory, TenantSize
from muster.simulator.directory.hosts import hosts

SEED = 42
HOSTS = 600
FOUNDED_AT = datetime(2026, 11, 23, tzinfo=UTC)

TENANT = replace(
    demo_tenant(devices=2000, users=1500, groups=200, seed=SEED), founded_at=FOUNDED_AT
)


def server() -> ServerConfig:
    """Return the simulator's configuration: the company's tenant on any free port."""
    return ServerConfig(tenants=(TENANT,))


def scan() -> Iterator[dict[str, object]]:
    """Yield the scan of the company's network, line by line, always the same."""
    size = TenantSize(devices=TENANT.devices, users=TENANT.users, groups=TENANT.groups)
    directory = Directory(
        seed=SEED, size=size, tenant_id=TENANT.id, domain=TENANT.domain, now=FOUNDED_AT
    )
    return hosts(directory, seed=SEED, count=HOSTS)
