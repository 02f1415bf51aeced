"""Enrolling: a token holds once, for one machine, for a while."""

import stat
from datetime import timedelta

import pytest

from explorers.conftest import SERVER, utc_now
from muster.accounts.roles import Principal, Role
from muster.core.errors import ConfigError
from muster.explorer import identity
from muster.explorers.enrolment import NewToken, make_token
from muster.explorers.groups import make_group
from muster.explorers.models import EnrolmentToken, Explorer
from muster.organizations.scope import Scope

pytestmark = pytest.mark.django_db


def test_whoever_enrols_is_known_by_what_its_token_says(scope, machine_of, token):
    site = scope.site()
    group = make_group(scope, "Berlin", at=utc_now())

    machine_of().enrol(token(name="rack-4", site=site, group=group, tags=["dev", "rack=4"]))

    found = Explorer.objects.get()
    assert (found.name, found.site, found.tags) == ("rack-4", site, ["dev", "rack=4"])
    assert (found.organization, found.version != "") == (scope.organization, True)
    assert [each.group for each in found.memberships.all()] == [group]


def test_its_keys_are_readable_by_their_owner_only_and_never_leave(machine_of, token):
    machine = machine_of().enrol(token())

    files = [each for each in machine.folder.iterdir() if each.name != "lock"]
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}
    private = identity.load(machine.folder).keys
    row = Explorer.objects.get()
    assert (row.signing_key, row.sealing_key) == private.public()


def test_keys_that_others_may_read_are_refused(machine_of, token):
    machine = machine_of().enrol(token())
    (machine.folder / "explorer.json").chmod(0o640)

    with pytest.raises(ConfigError, match=r"can be read by others \(mode 0640\)"):
        identity.load(machine.folder)


def test_a_token_holds_once(machine_of, token):
    text = token()
    machine_of("one").enrol(text)

    with pytest.raises(ConfigError, match="used already"):
        machine_of("two").enrol(text)
    assert Explorer.objects.count() == 1


def test_an_answer_that_was_lost_is_given_again_to_the_same_keys(machine_of, token):
    text = token()
    machine = machine_of().enrol(text)
    kept = identity.load(machine.folder)
    identity.save(machine.folder, identity.Identity(SERVER, "", "", kept.keys))

    machine.enrol(text)

    assert identity.load(machine.folder).explorer == kept.explorer
    assert Explorer.objects.count() == 1


def test_a_token_ends(scope, machine_of):
    at = utc_now() - timedelta(hours=2)
    text, _row = make_token(scope, NewToken(life=timedelta(hours=1)), at=at)

    with pytest.raises(ConfigError, match="its time is over"):
        machine_of().enrol(text)


@pytest.mark.parametrize("text", ["", " ", "x" * 101, "mex_nonsense", "mex_" + "\N{SNOWMAN}"])
def test_what_is_no_token_enrols_nobody(machine_of, db, text):
    with pytest.raises(ConfigError):
        machine_of().enrol(text)
    assert not Explorer.objects.exists()


def test_tokens_are_not_kept(token):
    text = token()

    row = EnrolmentToken.objects.get()

    assert text not in str(row.__dict__)


def test_an_enrolled_machine_is_not_enrolled_over(machine_of, token):
    machine = machine_of().enrol(token())

    with pytest.raises(ConfigError, match="already"):
        machine.enrol(token())
    before = machine.client.explorer
    assert machine.enrol(token(), is_anew=True).client.explorer != before


def test_two_of_one_name_are_told_apart(machine_of, token):
    machine_of("one").enrol(token(), "berlin")
    machine_of("two").enrol(token(), "Berlin")

    assert set(Explorer.objects.values_list("name", flat=True)) == {"berlin", "Berlin-2"}


@pytest.mark.parametrize("role", [Role.USER, Role.VIEWER, Role.ANNOTATOR])
def test_only_those_who_run_an_organization_make_tokens(scope, role):
    other = Scope(Principal("somebody", role), scope.organization)

    with pytest.raises(ConfigError, match="may not change Explorers"):
        make_token(other, NewToken(), at=utc_now())


def test_only_a_superuser_makes_tokens_for_hosted_zones(scope):
    zone = make_group(scope, "eu", is_hosted=True, at=utc_now())
    other = Scope(Principal("somebody", Role.ADMINISTRATOR), scope.organization)

    with pytest.raises(ConfigError, match="hosted zones"):
        make_token(other, NewToken(group=zone), at=utc_now())


def test_one_for_a_hosted_zone_serves_every_organization(scope, machine_of, token):
    zone = make_group(scope, "eu", is_hosted=True, at=utc_now())

    machine_of().enrol(token(group=zone))

    assert Explorer.objects.get().organization is None


@pytest.mark.parametrize("life", [timedelta(0), timedelta(days=31), timedelta(seconds=-1)])
def test_a_token_holds_for_a_while_only(scope, life):
    with pytest.raises(ConfigError, match="30 days"):
        make_token(scope, NewToken(life=life), at=utc_now())
