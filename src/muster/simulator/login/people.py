"""Whether a person who signs in with a password gets in."""

from collections.abc import Mapping
from datetime import datetime

from muster.simulator.clouds import GRAPH_APP_ID
from muster.simulator.config import Application, SignInState
from muster.simulator.login.clients import required
from muster.simulator.login.errors import SignInError
from muster.simulator.tenants import Tenant

_BEFORE_PASSWORD = {
    SignInState.LOCKED: 50053,
    SignInState.DISABLED: 50057,
    SignInState.NO_PASSWORD: 50056,
}
_AFTER_PASSWORD = {
    SignInState.PASSWORD_EXPIRED: 50055,
    SignInState.MFA_REQUIRED: 50076,
    SignInState.MFA_ENROLMENT: 50079,
    SignInState.CONDITIONAL_ACCESS: 53003,
    SignInState.SECURITY_DEFAULTS: 530035,
}


def realm(user_name: str, tenants: list[Tenant]) -> str:
    """How a user name signs in: Managed, Federated or Unknown."""
    domain = user_name.rpartition("@")[2].lower()
    for tenant in tenants:
        if domain in {name.lower() for name in tenant.config.federated_domains}:
            return "Federated"
        if domain in {name.lower() for name in tenant.domains}:
            return "Managed"
    return "Unknown"


def check_password(
    form: Mapping[str, str], *, tenant: Tenant, app: Application, now: datetime
) -> str:
    """The name of the person who may sign in to the app. Raises what stands in the way."""
    user_name, password = required(form, "username"), required(form, "password")
    if realm(user_name, [tenant]) == "Federated":
        raise SignInError(50056)
    user = tenant.sign_in_user(user_name)
    if user is None:
        raise SignInError(50034, tenant.config.display_name)
    if tenant.is_locked(user_name, now=now):
        raise SignInError(50053)
    if user.state in _BEFORE_PASSWORD:
        raise SignInError(_BEFORE_PASSWORD[user.state])
    if password != user.password:
        tenant.note_wrong_password(user_name, now=now)
        raise SignInError(50126)
    tenant.note_right_password(user_name)
    if user.state in _AFTER_PASSWORD:
        raise SignInError(_AFTER_PASSWORD[user.state], GRAPH_APP_ID)
    _check_assignment(user.user_name, app)
    return user.user_name


def _check_assignment(user_name: str, app: Application) -> None:
    assigned = app.assigned_user_names
    if assigned is not None and user_name.casefold() not in {a.casefold() for a in assigned}:
        raise SignInError(50105, app.client_id, app.display_name)
