"""msgraph-sdk reads the simulator over TLS and believes that it is Graph."""

import asyncio
import warnings
from collections.abc import Awaitable, Callable, Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest
from azure.identity import ClientSecretCredential

from muster.simulator.demo import DEMO, NO_GROUPS_APP_ID
from muster.simulator.testing import RunningSimulator
from simulator.server.microsoft import LocalTransport, local_transport

# Raised inside Microsoft's own packages wherever a request builder is first imported.
pytestmark = [
    pytest.mark.filterwarnings("ignore:GetQueryParameters is deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:This class is deprecated.:DeprecationWarning:msgraph.*"),
]

Use = Callable[[Any], Awaitable[Any]]


@pytest.fixture(scope="module")
def sdk() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import msgraph

        return msgraph


@pytest.fixture
def credential(tls_server: RunningSimulator) -> Iterator[ClientSecretCredential]:
    with _credential(tls_server, DEMO.client_id) as found:
        yield found


def _credential(simulator: RunningSimulator, client_id: str) -> ClientSecretCredential:
    return ClientSecretCredential(
        DEMO.tenant_id,
        client_id,
        DEMO.client_secret,
        transport=local_transport(simulator),
    )


def used(simulator: RunningSimulator, credential: Any, use: Use) -> Any:
    """What a use of the SDK's client gives."""

    async def run() -> Any:
        from kiota_authentication_azure.azure_identity_authentication_provider import (
            AzureIdentityAuthenticationProvider,
        )
        from msgraph import GraphRequestAdapter, GraphServiceClient
        from msgraph_core import GraphClientFactory

        provider = AzureIdentityAuthenticationProvider(
            credential, scopes=["https://graph.microsoft.com/.default"]
        )
        transport = LocalTransport(simulator)
        # Kiota wraps the client's transport and forgets to close it.
        async with transport, httpx.AsyncClient(transport=transport) as plain:
            http = GraphClientFactory.create_with_default_middleware(client=plain)
            adapter = GraphRequestAdapter(provider, client=http)
            return await use(GraphServiceClient(request_adapter=adapter))

    return asyncio.run(run())


async def every(builder: Any, first: Any) -> list[Any]:
    """All objects of a listing, by its next links."""
    found, page = list(first.value), first
    while page.odata_next_link:
        page = await builder.with_url(page.odata_next_link).get()
        found.extend(page.value)
    return found


def test_the_sdk_pages_devices_with_its_page_iterator(
    sdk: ModuleType, tls_server: RunningSimulator, credential: ClientSecretCredential
) -> None:
    async def use(client: Any) -> list[Any]:
        from msgraph_core.tasks.page_iterator import PageIterator

        found: list[Any] = []
        first = await client.devices.get()
        iterator = PageIterator(first, client.request_adapter)
        await iterator.iterate(lambda device: found.append(device) or True)
        return found

    devices = used(tls_server, credential, use)

    assert len({device.id for device in devices}) == 110
    assert all(device.display_name for device in devices)
    assert {device.trust_type for device in devices} == {"AzureAd", "ServerAd", "Workplace"}


def test_the_sdk_pages_users_with_a_selection(
    sdk: ModuleType, tls_server: RunningSimulator, credential: ClientSecretCredential
) -> None:
    async def use(client: Any) -> list[Any]:
        from msgraph.generated.users.users_request_builder import UsersRequestBuilder

        parameters = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
            select=["id", "userPrincipalName", "accountEnabled"], top=50
        )
        configuration = _configured(parameters)
        return await every(client.users, await client.users.get(configuration))

    users = used(tls_server, credential, use)

    assert len({user.id for user in users}) == 104
    assert all(isinstance(user.account_enabled, bool) for user in users)


def test_the_sdk_reads_groups_and_the_members_of_each(
    sdk: ModuleType, tls_server: RunningSimulator, credential: ClientSecretCredential
) -> None:
    async def use(client: Any) -> dict[str, list[Any]]:
        groups = await every(client.groups, await client.groups.get())
        found = {}
        for group in groups:
            members = client.groups.by_group_id(group.id).members
            found[group.id] = await every(members, await members.get())
        return found

    members = used(tls_server, credential, use)

    types = {member.odata_type for each in members.values() for member in each}
    assert len(members) == 6
    assert "#microsoft.graph.user" in types
    assert max(len(each) for each in members.values()) > 100


def test_the_sdk_counts_with_an_advanced_query(
    sdk: ModuleType, tls_server: RunningSimulator, credential: ClientSecretCredential
) -> None:
    async def use(client: Any) -> Any:
        from msgraph.generated.devices.devices_request_builder import DevicesRequestBuilder

        parameters = DevicesRequestBuilder.DevicesRequestBuilderGetQueryParameters(
            filter="not(startsWith(operatingSystem, 'Android'))", count=True, top=999
        )
        configuration = _configured(parameters)
        configuration.headers.add("ConsistencyLevel", "eventual")
        return await client.devices.get(configuration)

    page = used(tls_server, credential, use)

    assert page.odata_count == len(page.value) > 0
    assert not any(device.operating_system.startswith("Android") for device in page.value)


def test_the_sdk_reads_a_refusal(sdk: ModuleType, tls_server: RunningSimulator) -> None:
    async def use(client: Any) -> Any:
        from msgraph.generated.models.o_data_errors.o_data_error import ODataError

        with pytest.raises(ODataError) as caught:
            await client.groups.get()
        return caught.value

    with _credential(tls_server, NO_GROUPS_APP_ID) as credential:
        error = used(tls_server, credential, use)

    assert error.response_status_code == 403
    assert error.error.code == "Authorization_RequestDenied"
    assert error.error.inner_error.request_id


def _configured(parameters: Any) -> Any:
    from kiota_abstractions.base_request_configuration import RequestConfiguration

    return RequestConfiguration(query_parameters=parameters)
