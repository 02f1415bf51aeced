import pytest

from muster.cli.secret_input import Given, check_one_stdin, read_secret
from muster.core.errors import ConfigError
from muster.core.source import SecretField

FIELD = SecretField("client_secret", "Client secret", is_secret=True)
NOT_GIVEN = Given(None, None)


@pytest.fixture
def told(monkeypatch):
    monkeypatch.delenv("MUSTER_CLIENT_SECRET", raising=False)
    return []


def test_a_person_at_a_terminal_is_asked_without_echo(monkeypatch, told):
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "typed")

    secret = read_secret(FIELD, NOT_GIVEN, tell=told.append)

    assert (secret, asked, told) == ("typed", ["Client secret: "], [])


def test_a_secret_on_the_command_line_is_taken_with_a_warning_that_does_not_repeat_it(told):
    secret = read_secret(FIELD, Given("hunter22", None), tell=told.append)

    assert secret == "hunter22"
    assert len(told) == 1
    assert "hunter22" not in told[0]


def test_a_file_loses_only_its_last_line_ends_and_a_byte_order_mark(tmp_path, told):
    (tmp_path / "secret").write_bytes(b"\xef\xbb\xbf a b \r\n\n")

    assert read_secret(FIELD, Given(None, str(tmp_path / "secret")), tell=told.append) == " a b "


@pytest.mark.parametrize("content", [None, b"x" * 300_000])
def test_a_file_that_is_missing_or_huge_is_one_clear_message(tmp_path, told, content):
    if content is not None:
        (tmp_path / "secret").write_bytes(content)

    with pytest.raises(ConfigError, match="--client-secret-file"):
        read_secret(FIELD, Given(None, str(tmp_path / "secret")), tell=told.append)


def test_two_secrets_cannot_both_come_from_stdin():
    with pytest.raises(ConfigError, match="only one secret"):
        check_one_stdin([Given("-", None), Given(None, "-")])
