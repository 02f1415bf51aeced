"""The first run: an owner, a name, and where to begin."""

import ipaddress
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse

from muster.accounts.roles import Role
from muster.accounts.services import NewAccount, is_first_run
from muster.console.fields import Field, sentence, with_error
from muster.console.needs import Need
from muster.console.pages import go_to, page, render
from muster.console.requests import PageRequest
from muster.console.views.signing import let_in
from muster.core.errors import ConfigError
from muster.organizations.first_run import is_setup_code, set_up

_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP")
_FIELDS = {"email", "password", "name", "organization", "code"}


@page(Need.NOTHING, methods=("GET", "POST"))
def setup(request: HttpRequest) -> HttpResponse:
    """Make the owner's account; once there is one, this page is gone."""
    if not is_first_run():
        return go_to(request, "sign-in")
    if request.method != "POST":
        return render(request, "accounts/setup.html", {"fields": _fields(request)})
    try:
        _check_code(request)
        account = set_up(_owner(request), _text(request, "organization"), at=datetime.now(UTC))
    except ConfigError as error:
        return _again(request, error)
    let_in(request, account)
    return go_to(request, "welcome")


@page(Need.READ)
def welcome(request: PageRequest) -> HttpResponse:
    """Offer the ways to begin."""
    return render(
        request, "accounts/welcome.html", {"may_begin": request.asker.may(Need.CHANGE_TASKS)}
    )


def _owner(request: HttpRequest) -> NewAccount:
    return NewAccount(
        email=_text(request, "email"),
        password=request.POST.get("password", ""),
        name=_text(request, "name"),
        role=Role.SUPERUSER,
    )


def _check_code(request: HttpRequest) -> None:
    if _is_here(request) or is_setup_code(_text(request, "code")):
        return
    raise ConfigError(
        "this is not the code",
        hint="It stands in what `muster serve` wrote when it started.",
        code="code",
    )


def _is_here(request: HttpRequest) -> bool:
    """True if who asks sits at the server itself; behind a proxy nobody can tell."""
    try:
        is_local = ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
    return is_local and not any(name in request.META for name in _FORWARDED)


def _fields(request: HttpRequest) -> list[Field]:
    code = request.POST.get("code") or request.GET.get("code", "")
    asked = Field(
        "code", "Set-up code", value=code, is_required=True, help="From what `muster serve` wrote."
    )
    return [
        *([] if _is_here(request) else [asked]),
        Field("name", "Your name", value=_text(request, "name"), autocomplete="name"),
        Field(
            "email",
            "E-mail address",
            "email",
            _text(request, "email"),
            is_required=True,
            autocomplete="username",
        ),
        Field(
            "password",
            "Password",
            "password",
            help="At least 12 characters; a few words are best.",
            is_required=True,
            autocomplete="new-password",
        ),
        Field(
            "organization",
            "Organization",
            value=_text(request, "organization"),
            help="Whose machines these are. More can be added later.",
            is_required=True,
            autocomplete="organization",
        ),
    ]


def _again(request: HttpRequest, error: ConfigError) -> HttpResponse:
    fields = with_error(_fields(request), error.code, sentence(error))
    problem = None if error.code in _FIELDS else error
    values = {"fields": fields, "problem": problem}
    return render(request, "accounts/setup.html", values, status=422)


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")
