"""Listing all devices with Microsoft's own msgraph-sdk, as its documentation shows it."""

import argparse
import asyncio

import httpx
from kiota_abstractions.authentication import AnonymousAuthenticationProvider
from kiota_abstractions.base_request_configuration import RequestConfiguration
from measuring import measured
from msgraph import GraphServiceClient
from msgraph.generated.devices.devices_request_builder import DevicesRequestBuilder
from msgraph.graph_request_adapter import GraphRequestAdapter
from signing_in import token


async def run(arguments: argparse.Namespace) -> int:
    async with httpx.AsyncClient(timeout=120, trust_env=False) as http:
        http.headers["Authorization"] = f"Bearer {token(arguments)}"
        adapter = GraphRequestAdapter(AnonymousAuthenticationProvider(), client=http)
        adapter.base_url = f"{arguments.url}/v1.0"
        devices = GraphServiceClient(request_adapter=adapter).devices
        query = DevicesRequestBuilder.DevicesRequestBuilderGetQueryParameters(top=999)
        page = await devices.get(request_configuration=RequestConfiguration(query_parameters=query))
        count = len(page.value)
        while page.odata_next_link:
            page = await devices.with_url(page.odata_next_link).get()
            count += len(page.value)
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("url", "tenant-id", "client-id", "client-secret"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()
    with measured() as found:
        found["counts"] = {"devices": asyncio.run(run(arguments))}


if __name__ == "__main__":
    main()
