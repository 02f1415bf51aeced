"""Sessions as rows that an account can see and end."""

from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet

from muster.accounts.models import Account, Session

_ADDRESS, _AGENT, _UID, _SINCE, _SEEN = "address", "agent", "uid", "since", "seen"
_LONGEST_ADDRESS, _LONGEST_AGENT = 64, 300
_SEEN_AGAIN = timedelta(minutes=5)
"""How often a session that is used is written, so that it does not expire."""


class SessionStore(DatabaseStore):
    """Keeps a session's account, address and browser beside its data, so that it can be shown."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the row's class."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to be saved."""
        row = cast("Session", super().create_model_instance(data))
        row.account_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.address = str(data.get(_ADDRESS, ""))[:_LONGEST_ADDRESS]
        row.agent = str(data.get(_AGENT, ""))[:_LONGEST_AGENT]
        row.uid = UUID(data[_UID]) if _UID in data else None
        row.created_at = datetime.fromisoformat(data[_SINCE]) if _SINCE in data else None
        return row


def begin(session: SessionBase, *, address: str, agent: str, at: datetime) -> None:
    """Note in a session who signed in from where and when."""
    session[_UID] = str(uuid4())
    session[_ADDRESS], session[_AGENT] = address, agent
    session[_SINCE] = session[_SEEN] = at.isoformat()


def keep_alive(session: SessionBase, *, at: datetime) -> None:
    """Note now and then that a session is used."""
    seen = session.get(_SEEN)
    if seen is None or at - datetime.fromisoformat(seen) > _SEEN_AGAIN:
        session[_SEEN] = at.isoformat()


def sessions_of(account: Account, *, at: datetime) -> QuerySet[Session]:
    """Return the account's sessions that are alive, the one seen last first."""
    return Session.objects.filter(account=account, uid__isnull=False, expire_date__gt=at).order_by(
        "-seen_at"
    )


def end(account: Account, uid: UUID) -> bool:
    """End one of the account's sessions; False if it has none of that id."""
    return bool(Session.objects.filter(account=account, uid=uid).delete()[0])


def end_others(account: Account, *, but: str) -> int:
    """End every session of the account but the one with that key, and return how many."""
    return Session.objects.filter(account=account).exclude(session_key=but).delete()[0]


def forget_expired(*, at: datetime) -> None:
    """Remove the rows of sessions that are over."""
    Session.objects.filter(expire_date__lte=at).delete()
