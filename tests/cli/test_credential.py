import json

import pytest

from cli.conftest import ADD
from muster.credentials.models import Credential
from muster.simulator.demo import DEMO, NO_GROUPS_APP_ID

pytestmark = pytest.mark.django_db


def adding(**changes):
    given = list(ADD)
    for name, text in changes.items():
        flag = f"--{name.replace('_', '-')}"
        if flag in given:
            given[given.index(flag) + 1] = text
        else:
            given += [flag, text]
    return given


def test_a_credential_is_tried_and_saved(muster, tenant):
    added = muster(*ADD, given=DEMO.client_secret)

    assert added.code == 0
    assert "Saved the credential Demo. It works." in added.out
    assert Credential.objects.get().verification_status == "verified"


@pytest.mark.parametrize("where", ["file", "variable", "command line"])
def test_a_secret_comes_from_a_file_the_environment_or_the_command_line(
    muster, tenant, tmp_path, monkeypatch, where
):
    command = list(ADD[:-2])
    if where == "file":
        (tmp_path / "secret").write_text(DEMO.client_secret + "\n")
        command += ["--client-secret-file", str(tmp_path / "secret")]
    elif where == "variable":
        monkeypatch.setenv("MUSTER_CLIENT_SECRET", DEMO.client_secret)
    else:
        command += ["--client-secret", DEMO.client_secret]

    added = muster(*command)

    assert added.code == 0, added.err
    assert ("Warning: --client-secret is on the command line" in added.err) == (
        where == "command line"
    )


@pytest.mark.parametrize(
    ("changes", "secret", "said"),
    [
        ({"client_secret": "-"}, "wrong", "AADSTS7000215"),
        ({"client_id": "00000000-0000-4000-8000-000000000000"}, DEMO.client_secret, "AADSTS700016"),
        ({"tenant_id": "00000000-0000-4000-8000-000000000000"}, DEMO.client_secret, "AADSTS90002"),
        ({"client_id": "nonsense"}, DEMO.client_secret, "is not a GUID"),
        ({"client_id": NO_GROUPS_APP_ID}, DEMO.client_secret, "Group.Read.All"),
    ],
)
def test_a_credential_that_does_not_work_is_not_saved_and_says_why(
    muster, tenant, changes, secret, said
):
    added = muster(*adding(**changes), given=secret)

    assert added.code == 1
    assert said in added.out.replace("\n", " ")
    assert "Nothing was saved" in added.err
    assert not Credential.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tenant_id": ""}, "the field 'tenant_id' (Azure directory (tenant) ID) is missing"),
        ({"tenant_id": "no such"}, "neither a GUID nor a domain"),
        ({"username": "x"}, "no field 'username'"),
        ({"environment": "mars"}, "the field 'environment' (Cloud) is 'mars'"),
        ({"type": "nonsense"}, "no credential type 'nonsense'"),
        ({"name": ""}, "needs a name"),
        ({"client_secret_file": "/nonexistent"}, "both --client-secret and --client-secret-file"),
        ({"organization": "Nowhere"}, "no organization 'Nowhere'"),
    ],
)
def test_a_bad_value_is_one_clear_message(muster, tenant, changes, said):
    added = muster(*adding(**changes), given=DEMO.client_secret)

    assert added.code == 1
    assert said in added.err
    assert not Credential.objects.exists()


def test_without_a_secret_and_without_a_terminal_the_field_is_named(muster, tenant):
    added = muster(*ADD[:-2])

    assert added.code == 1
    assert "the field 'client_secret'" in added.err


def test_saved_anyway_is_marked_and_listed_as_failed(muster, tenant):
    added = muster(*ADD, "--save-anyway", given="wrong")

    listed = json.loads(muster("credential", "list", "--json").out)

    assert added.code == 0
    assert "marked as not working" in added.out
    assert [each["verification"]["status"] for each in listed] == ["failed"]


def test_the_json_of_a_credential_never_has_its_secret(muster, credential):
    listed = muster("credential", "list", "--json").out

    assert json.loads(listed)[0]["secrets"] == ["client_secret"]
    assert DEMO.client_secret not in listed


def test_verify_tells_findings_with_fixes(muster, credential, tenant):
    tenant.change_application(DEMO.client_id, application_permissions=["Device.Read.All"])

    verified = muster("credential", "verify", "Demo", "--json")
    tenant.change_application(
        DEMO.client_id,
        application_permissions=["Device.Read.All", "Group.Read.All", "User.Read.All"],
    )

    failed = [each for each in json.loads(verified.out)["findings"] if not each["ok"]]
    assert verified.code == 1
    assert any("User.Read.All" in each["name"] for each in failed)


def test_a_removed_credential_is_gone(muster, credential):
    removed = muster("credential", "rm", "demo")

    assert removed.out == "Removed the credential Demo.\n"
    assert muster("credential", "rm", "demo").code == 1


def test_rotated_keys_still_open_the_credential(muster, credential):
    rotated = muster("credential", "rotate-keys")

    assert rotated.out == "Sealed the secrets of 1 credentials and channels anew.\n"
    assert muster("credential", "verify", "Demo").code == 0


def test_another_organization_sees_nothing_of_it(muster, credential):
    muster("organization", "add", "Other")

    listed = muster("credential", "list", "--json", "-o", "Other")

    assert json.loads(listed.out) == []
    assert muster("credential", "rm", "Demo", "-o", "Other").code == 1
