import pytest

from muster.accounts.models import Account
from muster.accounts.roles import LOCAL_OPERATOR, Principal, Role
from muster.accounts.selectors import account_entries
from muster.core.errors import ConfigError
from muster.query.listing import matching

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(now):
    for name, role in (("ada", Role.SUPERUSER), ("bob", Role.ADMINISTRATOR), ("eve", Role.VIEWER)):
        Account.objects.create(
            email=f"{name}@corp.example",
            name=name.capitalize(),
            role=role,
            is_active=role is not Role.VIEWER,
            created_at=now,
            last_login=now if role is Role.SUPERUSER else None,
        )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ["Ada", "Bob", "Eve"]),
        ("superuser:t", ["Ada"]),
        ("access:admin", ["Bob"]),
        ("access:=admin", ["Bob"]),
        ("access:=administrator", ["Bob"]),
        ("access:VIEWER", ["Eve"]),
        ("access:none", []),
        ("status:=activated", ["Ada", "Bob"]),
        ("status:disabled", ["Eve"]),
        ("status:pending OR status:expired", []),
        ("email:@corp.example NOT name:eve", ["Ada", "Bob"]),
        ("last_login:<1day", ["Ada"]),
        ("has:last_login", ["Ada"]),
        ("bob@", ["Bob"]),
    ],
)
def test_accounts_are_found_by_each_of_their_keywords(accounts, now, text, found):
    entries = account_entries(LOCAL_OPERATOR, 1)

    matched = matching(entries, text, inventory="accounts", now=now)
    assert [each.fields["name"] for each in matched] == found


def test_a_row_has_nothing_of_the_password(accounts):
    Account.objects.filter(name="Ada").update(password="scrypt$hash")

    assert "hash" not in str(account_entries(LOCAL_OPERATOR, 1))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPERUSER, Role.ADMINISTRATOR}))
def test_a_role_that_does_not_look_after_accounts_sees_none(accounts, role):
    with pytest.raises(ConfigError, match="may not see accounts"):
        account_entries(Principal(name="someone", role=role), 1)
