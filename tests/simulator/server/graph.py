"""A plain client of the simulator, for tests of its rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from muster.simulator.demo import DEMO

SCOPE = "https://graph.microsoft.com/.default"
ADVANCED = {"ConsistencyLevel": "eventual"}


@dataclass(frozen=True, slots=True)
class Graph:
    http: httpx.Client
    url: str
    token: str

    def get(self, path: str, **headers: str) -> httpx.Response:
        address = path if path.startswith("http") else f"{self.url}/v1.0/{path}"
        return self.http.get(address, headers=self.headers(headers))

    def post(self, path: str, content: Any) -> httpx.Response:
        return self.http.post(f"{self.url}/v1.0/{path}", headers=self.headers({}), json=content)

    def batch(self, *parts: dict[str, Any]) -> dict[str, dict[str, Any]]:
        """The responses of a batch by their ids."""
        response = self.post("$batch", {"requests": list(parts)})
        return {part["id"]: part for part in response.json()["responses"]}

    def pages(self, path: str, **headers: str) -> Iterator[dict[str, Any]]:
        link: str | None = path
        while link is not None:
            response = self.get(link, **headers)
            assert response.status_code == 200, response.text
            page = response.json()
            yield page
            link = page.get("@odata.nextLink")

    def rows(self, path: str, **headers: str) -> list[dict[str, Any]]:
        return [row for page in self.pages(path, **headers) for row in page["value"]]

    def error(self, path: str, **headers: str) -> tuple[int, str, str]:
        """Status, code and message of a refusal."""
        response = self.get(path, **headers)
        found = response.json()["error"]
        return response.status_code, found["code"], found["message"]

    def headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}


def token_request(
    http: httpx.Client, url: str, *, tenant: str = DEMO.tenant_id, **form: str
) -> httpx.Response:
    return http.post(f"{url}/{tenant}/oauth2/v2.0/token", data=form)


def app_token(http: httpx.Client, url: str, *, client_id: str = DEMO.client_id) -> str:
    response = token_request(
        http,
        url,
        grant_type="client_credentials",
        client_id=client_id,
        client_secret=DEMO.client_secret,
        scope=SCOPE,
    )
    return str(response.json()["access_token"])
