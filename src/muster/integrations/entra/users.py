"""Users of the directory."""

from dataclasses import dataclass

from muster.core.records import Collection
from muster.integrations.entra import mapping
from muster.integrations.entra.auth import permissions
from muster.integrations.entra.client import GraphClient
from muster.integrations.entra.fields import SIGN_IN_ACTIVITY, USER
from muster.integrations.entra.listing import Listing, Query
from muster.integrations.entra.telling import NEXT, Teller

PATH = "/users"
AUDIT_LOG = "AuditLog.Read.All"
COST = 2


@dataclass(frozen=True, slots=True)
class Users:
    """The job that collects users, with their last sign-in where the application may read it."""

    client: GraphClient

    async def collect(self, teller: Teller) -> None:
        """Emit users page by page."""
        teller.expect(Collection.USERS, await self.client.count(PATH))
        query = Query(PATH, select=await user_select(self.client), base_cost=COST)
        async for page in Listing(self.client, query, teller.place.get(NEXT, "")).pages():
            await teller.emit(Collection.USERS, [mapping.user(each) for each in page.value])
            if page.next_link:
                await teller.stands({NEXT: page.next_link})


async def user_select(client: GraphClient) -> tuple[str, ...]:
    """Return what to ask for; the token says whether asking for sign-ins is in vain."""
    granted = permissions(await client.tokens.current())
    if granted is None or AUDIT_LOG in granted:
        return (*USER, SIGN_IN_ACTIVITY)
    client.progress.log("info", f"last sign-ins of users are left out: {AUDIT_LOG} is not granted")
    return USER
