"""Which app registration speaks, and whether it proves it."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from muster.simulator.config import Application
from muster.simulator.login.assertions import ASSERTION_TYPE, verify_assertion
from muster.simulator.login.errors import SignInError
from muster.simulator.tenants import Tenant

PUBLIC, SECRET, CERTIFICATE = "0", "1", "2"


def required(form: Mapping[str, str], name: str) -> str:
    """A parameter that must be there."""
    value = form.get(name, "")
    if not value:
        raise SignInError(900144, name)
    return value


def find_application(form: Mapping[str, str], tenant: Tenant) -> Application:
    """The app registration that `client_id` names in this tenant."""
    client_id = required(form, "client_id")
    app = tenant.application(client_id)
    if app is None:
        raise SignInError(700016, client_id, tenant.config.display_name)
    if not app.is_enabled:
        raise SignInError(7000112, app.client_id, app.display_name)
    return app


def confidential(
    form: Mapping[str, str], *, app: Application, tenant: Tenant, now: datetime
) -> str:
    """How the app proved itself: SECRET or CERTIFICATE. Raises if it did not."""
    if form.get("client_assertion"):
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise SignInError(900144, "client_assertion_type")
        verify_assertion(form["client_assertion"], app=app, tenant=tenant, now=now)
        return CERTIFICATE
    if not form.get("client_secret"):
        raise SignInError(7000218)
    _check_secret(form["client_secret"], app=app, now=now)
    return SECRET


def public_or_confidential(
    form: Mapping[str, str], *, app: Application, tenant: Tenant, now: datetime
) -> str:
    """How an app proved itself where "allow public client flows" rules."""
    has_proof = bool(form.get("client_secret") or form.get("client_assertion"))
    if not app.allows_public_client_flows:
        return confidential(form, app=app, tenant=tenant, now=now)
    if has_proof:
        raise SignInError(700025)
    return PUBLIC


def _check_secret(secret: str, *, app: Application, now: datetime) -> None:
    given = secret.encode()
    fitting = [s for s in app.secrets if hmac.compare_digest(s.value.encode(), given)]
    if not fitting:
        raise SignInError(7000215, app.client_id)
    if all(s.expires_at <= now for s in fitting):
        raise SignInError(7000222, app.client_id)
