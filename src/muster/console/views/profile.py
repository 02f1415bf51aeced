"""One's own account: name, password, and where one is signed in."""

from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse

from muster.accounts import sessions
from muster.accounts.models import Session
from muster.accounts.services import change_password, rename
from muster.console.agents import browser_of
from muster.console.fields import Field, sentence, with_error
from muster.console.needs import Need
from muster.console.pages import go_to, page, render
from muster.console.requests import PageRequest
from muster.console.toasts import toast
from muster.core.errors import ConfigError


@page(Need.ACCOUNT)
def profile(request: PageRequest) -> HttpResponse:
    """Show the account, its password's form and its sessions."""
    return _shown(request)


@page(Need.ACCOUNT, methods=("POST",))
def name(request: PageRequest) -> HttpResponse:
    """Change what one is called."""
    try:
        rename(request.asker.account, request.POST.get("name", ""))
    except ConfigError as error:
        return _shown(request, error)
    toast(request, "Your name is saved.")
    return go_to(request, "profile")


@page(Need.ACCOUNT, methods=("POST",))
def password(request: PageRequest) -> HttpResponse:
    """Change the password; every other session of the account ends."""
    account = request.asker.account
    old, new = request.POST.get("old", ""), request.POST.get("password", "")
    try:
        change_password(account, old=old, new=new)
    except ConfigError as error:
        return _shown(request, error)
    update_session_auth_hash(request, account)
    ended = sessions.end_others(account, but=request.session.session_key or "")
    others = f" {ended} other sessions were ended." if ended else ""
    toast(request, f"Your password is changed.{others}")
    return go_to(request, "profile")


@page(Need.ACCOUNT, methods=("POST",))
def session_end(request: PageRequest, session: UUID) -> HttpResponse:
    """End one of one's own sessions."""
    if not sessions.end(request.asker.account, session):
        raise Http404("there is no such session")
    toast(request, "The session was ended.")
    return go_to(request, "profile")


def _shown(request: PageRequest, error: ConfigError | None = None) -> HttpResponse:
    asker = request.asker
    key = request.session.session_key
    rows = [_row(each, key) for each in sessions.sessions_of(asker.account, at=asker.at)]
    values = {
        "name_fields": _marked([_name_field(request)], error),
        "password_fields": _marked(_password_fields(), error),
        "rows": rows,
    }
    return render(request, "accounts/profile.html", values, status=422 if error else 200)


def _marked(fields: list[Field], error: ConfigError | None) -> list[Field]:
    return with_error(fields, error.code or "password", sentence(error)) if error else fields


def _row(session: Session, key: str | None) -> dict[str, object]:
    is_here = session.session_key == key
    return {"session": session, "browser": browser_of(session.agent), "is_here": is_here}


def _name_field(request: PageRequest) -> Field:
    given = request.POST.get("name", request.asker.account.name)
    return Field("name", "Name", value=given, autocomplete="name")


def _password_fields() -> list[Field]:
    return [
        Field(
            "old",
            "Present password",
            "password",
            is_required=True,
            autocomplete="current-password",
        ),
        Field(
            "password",
            "New password",
            "password",
            help="At least 12 characters; a few words are best.",
            is_required=True,
            autocomplete="new-password",
        ),
    ]
