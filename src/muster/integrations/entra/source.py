"""The Entra source: what it declares, and how a run is put together."""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace

from muster.core.errors import UnavailableError
from muster.core.http import Outside
from muster.core.normalize import instant_of
from muster.core.records import AnyRecord, CheckpointRecord, Collection
from muster.core.source import Context, CredentialType, Finding, Option
from muster.integrations.entra import credentials, delta
from muster.integrations.entra.auth import entra_tokens
from muster.integrations.entra.client import GraphClient
from muster.integrations.entra.clouds import cloud
from muster.integrations.entra.delta import LostTrackError
from muster.integrations.entra.devices import Devices
from muster.integrations.entra.errors import RefusedError
from muster.integrations.entra.filters import DeviceFilter, device_filter
from muster.integrations.entra.groups import Groups, Members
from muster.integrations.entra.incremental import AT, Incremental, state_of
from muster.integrations.entra.options import OPTIONS, Options
from muster.integrations.entra.options import read as read_options
from muster.integrations.entra.pace import Pace
from muster.integrations.entra.passing import passed
from muster.integrations.entra.previewing import Preview, Previewing
from muster.integrations.entra.run import SOURCE, Job, Run
from muster.integrations.entra.telling import Tally
from muster.integrations.entra.users import Users
from muster.integrations.entra.verify import findings

WHOLE = "whole"
"""The part under which a sync of everything keeps when it began, and the links from then on."""


class EntraSource:
    """Devices, users and groups of one tenant of Microsoft Entra ID, through Microsoft Graph."""

    name = SOURCE
    label = "Microsoft Entra ID"
    source_id = 16
    collections: tuple[Collection, ...] = (
        Collection.ASSETS,
        Collection.USERS,
        Collection.GROUPS,
        Collection.MEMBERSHIPS,
        Collection.OWNERSHIPS,
    )
    options: Sequence[Option] = OPTIONS
    credential_types: Sequence[CredentialType] = credentials.CREDENTIAL_TYPES
    # A wrong password, and an account that is locked by too many of them: further tries lock it
    # again. https://learn.microsoft.com/entra/identity-platform/reference-error-codes (2026-11)
    locking_codes = frozenset({"AADSTS50126", "AADSTS50053"})

    def __init__(self, outside: Outside | None = None) -> None:
        """Talk to the real world, or to what a test puts in its place."""
        self._outside = outside or Outside()

    def instance(self, secret: Mapping[str, str]) -> str:
        """Return the tenant's id or domain. Raises ConfigError if it is missing or malformed."""
        return credentials.tenant(secret)

    async def verify(self, context: Context) -> list[Finding]:
        """Try the credential, changing nothing; name each missing permission with its fix."""
        return await findings(lambda: self._client(context), context)

    async def preview(self, context: Context) -> Preview:
        """Count the devices that the context's filter and options would import.

        Raises ConfigError or QueryError before anything is sent, and what a listing raises.
        """
        wanted = read_options(context.options)
        found = device_filter(wanted.filter)
        async with self._client(context) as client:
            return await Previewing(client, wanted, found, context.now).preview()

    async def collect(self, context: Context) -> AsyncIterator[AnyRecord]:
        """Yield devices, users, groups, memberships and ownerships, interleaved, and the reports.

        Goes on where the checkpoints say that an earlier run broke off.
        A collection that fails is reported incomplete while the others go on. Raises ConfigError
        or QueryError before anything is sent, and AuthError or UnavailableError if there is no
        token.
        """
        wanted = read_options(context.options)
        found = device_filter(wanted.filter)
        if found is not None:
            found.warn(context.progress)
        tally = Tally(context.progress, context.checkpoints)
        async with self._client(replace(context, progress=tally)) as client:
            await client.tokens.current()
            if context.state and WHOLE not in (context.checkpoints or {}):
                try:
                    changes = Incremental(
                        client=client,
                        options=wanted,
                        filter=found,
                        now=context.now,
                        state=context.state,
                        passed=passed(tally, context.checkpoints),
                        keeps_places=context.checkpoints is not None,
                    )
                    async with aclosing(changes.records()) as records:
                        async for record in records:
                            yield record
                except (LostTrackError, RefusedError) as error:
                    context.progress.log(
                        "warning",
                        "changes alone cannot be told: everything is read",
                        reason=error.message,
                    )
                else:
                    return
            whole = self._whole(client, context, wanted, found, tally)
            async with aclosing(whole) as records:
                async for record in records:
                    yield record

    async def _whole(
        self,
        client: GraphClient,
        context: Context,
        wanted: Options,
        found: DeviceFilter | None,
        tally: Tally,
    ) -> AsyncGenerator[AnyRecord, None]:
        """Yield everything, and the state from which changes can be told, if all went well."""
        places = context.checkpoints
        begun = (places or {}).get(WHOLE)
        if begun is None:
            begun = await self._begun(client, context)
            if places is not None:
                yield CheckpointRecord(source=SOURCE, part=WHOLE, state=begun)
        # What is stale by now is what was stale when the run began.
        now = instant_of(begun[AT]) or context.now
        jobs = (
            Job(
                "devices",
                Devices(client, wanted, found, now).collect,
                (Collection.ASSETS, Collection.OWNERSHIPS),
            ),
            Job("users", Users(client).collect, (Collection.USERS,)),
            Job("groups", Groups(client).collect, (Collection.GROUPS, Collection.OWNERSHIPS)),
            Job("members", Members(client).collect, (Collection.MEMBERSHIPS,)),
        )
        run = Run(jobs, tally, places)
        async with aclosing(run.records()) as records:
            async for record in records:
                yield record
        links = {kind: link for kind, link in begun.items() if kind != AT}
        if links and run.is_whole:
            yield state_of(links, now)

    async def _begun(self, client: GraphClient, context: Context) -> dict[str, str]:
        """Return when a whole sync begins, and links to what changes from then on."""
        return {**await self._links(client, context), AT: context.now.isoformat()}

    async def _links(self, client: GraphClient, context: Context) -> dict[str, str]:
        """Return links to what changes from now on; none where nobody would keep them.

        They are asked for before anything is read: what changes meanwhile is told again later.
        """
        if context.state is None:
            return {}
        try:
            return await delta.latest(client)
        except (RefusedError, UnavailableError) as error:
            context.progress.log(
                "info", "the next sync will read everything too", reason=error.message
            )
            return {}

    @asynccontextmanager
    async def _client(self, context: Context) -> AsyncIterator[GraphClient]:
        credential = credentials.read(context.secret)
        place = cloud(credential.environment, context.endpoints)
        tokens = entra_tokens(credential, place, self._outside)
        async with self._outside.client() as http:
            yield GraphClient(
                http=http,
                base=place.graph_base,
                tokens=tokens,
                pace=Pace(self._outside),
                outside=self._outside,
                progress=context.progress,
            )
