"""A source outside of us: it accepts the token `right`, and knows nothing else."""

from collections.abc import AsyncIterator, Mapping, Sequence

from muster.core.errors import ConfigError, UnavailableError
from muster.core.records import AnyRecord, Collection
from muster.core.source import Context, CredentialType, Finding, Option, OptionKind, SecretField

TOKEN = CredentialType(
    "fake_token",
    "Fake Token",
    (
        SecretField("address", "Address", help="Where the fake lives."),
        SecretField("token", "Token", is_secret=True, help="Settings > Tokens."),
        SecretField("region", "Region", is_required=False, default="eu", choices=("eu", "us")),
    ),
)


class FakeSource:
    """Yields the records it was made with; raises what it was made with afterwards."""

    name = "fake"
    label = "Fake"
    source_id = 0
    collections = (Collection.ASSETS,)
    options: Sequence[Option] = (
        Option("filter", "Filter"),
        Option("exclude_unknown", "Exclude unknown assets", OptionKind.BOOLEAN, default="false"),
    )
    credential_types: Sequence[CredentialType] = (TOKEN,)

    def __init__(self, records: Sequence[AnyRecord] = (), error: BaseException | None = None):
        self.records = records
        self.error = error
        self.verified: list[Mapping[str, str]] = []
        self.correction: Mapping[str, str] = {}

    def instance(self, secret: Mapping[str, str]) -> str:
        if " " in secret["address"]:
            raise ConfigError("Address holds a blank", hint="Remove it.")
        return secret["address"]

    async def verify(self, context: Context) -> list[Finding]:
        self.verified.append(dict(context.secret))
        if context.secret["address"] == "down":
            raise UnavailableError("no connection to down", hint="Check the network.")
        token = context.secret["token"]
        ok = token == "right"
        hint = "" if ok else "Ask again."
        return [
            Finding("Sign in", ok=ok, detail=f"said {token}", hint=hint, correction=self.correction)
        ]

    async def collect(self, context: Context) -> AsyncIterator[AnyRecord]:
        context.progress.log("info", "collecting", token=context.secret.get("token", ""))
        for record in self.records:
            context.progress.count("requests")
            yield record
        if self.error is not None:
            raise self.error
