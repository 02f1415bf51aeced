"""The settings of retention."""

import pytest

from inventory.retention.aging import DAY, keep
from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.inventory.retention import change, check_may_remove, claim_day, policy
from muster.organizations.scope import scope as scope_for

pytestmark = pytest.mark.django_db


def test_nothing_ever_goes_by_itself_until_somebody_says_so(scope):
    assert not policy(scope).removes_anything
    assert set(policy(scope).settings().values()) == {0}


def test_a_change_says_who_made_it_and_when_and_leaves_the_rest(scope, now):
    keep(scope, at=now, expiration_assets_stale=90)

    changed = keep(scope, at=now + DAY, keep_latest_integration_attributes="Yes")

    assert (changed.expiration_assets_stale, changed.keep_latest_integration_attributes) == (
        90,
        True,
    )
    assert (changed.changed_by, changed.changed_at) == ("local operator", now + DAY)


def test_each_organization_has_its_own(scope, other_scope, now):
    keep(scope, at=now, expiration_assets_stale=90)

    assert policy(other_scope).expiration_assets_stale == 0


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("expiration_assets_stale", "-1", "cannot be '-1'"),
        ("expiration_assets_stale", "ten", "cannot be 'ten'"),
        ("expiration_assets_stale", "", "cannot be ''"),
        ("expiration_assets_stale", "1.5", "cannot be '1.5'"),
        ("expiration_assets_stale", "²", "cannot be '²'"),
        ("expiration_assets_stale", "9" * 5000, "cannot be '999"),
        ("expiration_scans", "36501", "cannot be '36501'"),
        ("keep_latest_integration_attributes", "maybe", "cannot be 'maybe'"),
        ("expiration_vulnerabilities", "1", "no setting 'expiration_vulnerabilities'"),
        ("changed_by", "me", "no setting 'changed_by'"),
        ("\x1b[2J", "1", "no setting"),
    ],
)
def test_what_cannot_be_a_setting_is_refused_and_changes_nothing(scope, now, name, text, message):
    keep(scope, at=now, expiration_assets_offline=7)

    with pytest.raises(ConfigError, match=message) as refused:
        change(scope, {"expiration_assets_offline": "1", name: text}, at=now)

    assert "\x1b" not in refused.value.message
    assert policy(scope).expiration_assets_offline == 7


def test_only_administrators_change_it_and_viewers_remove_nothing(organization, now):
    user = scope_for(Principal("Uma", Role.USER), organization)
    viewer = scope_for(Principal("Vic", Role.VIEWER), organization)

    with pytest.raises(ConfigError, match="Uma may not change the retention"):
        keep(user, at=now, expiration_assets_stale=1)
    with pytest.raises(ConfigError, match="Vic may not remove"):
        check_may_remove(viewer)
    check_may_remove(user)


def test_a_day_is_claimed_once(scope, now):
    keep(scope, at=now, expiration_assets_stale=1)

    claims = [claim_day(scope, at=at) for at in (now, now + DAY / 4, now + DAY, now, now + 2 * DAY)]

    assert claims == [True, False, True, False, True]
