"""Signing in and out."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

from muster.accounts.models import Account
from muster.accounts.services import is_first_run
from muster.accounts.sessions import begin, forget_expired
from muster.accounts.signing_in import Attempt
from muster.accounts.signing_in import sign_in as signed_in
from muster.console.fields import Field
from muster.console.needs import Need
from muster.console.pages import go_to, page, render, send
from muster.console.requests import PageRequest, address_of
from muster.core.errors import AuthError

_BACKEND = "django.contrib.auth.backends.ModelBackend"


@page(Need.NOTHING, methods=("GET", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail address and a password."""
    if is_first_run():
        return go_to(request, "setup")
    if request.user.is_authenticated:
        return send(request, _next(request))
    if request.method != "POST":
        return _form(request)
    attempt = Attempt(
        email=request.POST.get("email", ""),
        password=request.POST.get("password", ""),
        address=address_of(request, trusts_proxy=settings.TRUSTS_PROXY),
    )
    try:
        account = signed_in(attempt, at=datetime.now(UTC))
    except AuthError as error:
        return _form(request, problem=error, email=attempt.email)
    let_in(request, account)
    return send(request, _next(request))


@page(Need.ACCOUNT, methods=("POST",))
def sign_out(request: PageRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    return go_to(request, "sign-in")


def let_in(request: HttpRequest, account: Account) -> None:
    """Begin a session of an account whose password was given."""
    at = datetime.now(UTC)
    forget_expired(at=at)
    login(request, account, backend=_BACKEND)
    address = address_of(request, trusts_proxy=settings.TRUSTS_PROXY)
    begin(request.session, address=address, agent=request.headers.get("User-Agent", ""), at=at)


def _form(
    request: HttpRequest, *, problem: AuthError | None = None, email: str = ""
) -> HttpResponse:
    fields = [
        Field("email", "E-mail address", "email", email, is_required=True, autocomplete="username"),
        Field(
            "password", "Password", "password", is_required=True, autocomplete="current-password"
        ),
    ]
    values = {"fields": fields, "problem": problem, "next": _next(request)}
    return render(request, "accounts/sign_in.html", values, status=403 if problem else 200)


def _next(request: HttpRequest) -> str:
    """Return where to go then: a path of ours, and of nobody else."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if is_ours else "/"
