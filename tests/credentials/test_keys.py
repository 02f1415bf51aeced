import base64
import stat

import pytest

from muster.core.errors import ConfigError
from muster.credentials import keys

KEY = base64.b64encode(b"k" * 32).decode()
OLD = base64.urlsafe_b64encode(b"\xff" * 32).decode()


def test_the_first_start_makes_a_key_that_only_its_owner_reads(home, settings):
    made = keys.master_keys()

    assert stat.S_IMODE(settings.MASTER_KEY_FILE.stat().st_mode) == 0o600
    assert made == keys.master_keys()
    assert [path.name for path in home.iterdir()] == ["master.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused_with_the_fix(home, settings, mode):
    keys.master_keys()
    settings.MASTER_KEY_FILE.chmod(mode)

    with pytest.raises(ConfigError, match="can be read by others") as caught:
        keys.master_keys()

    assert caught.value.hint == f"Run: chmod 600 {settings.MASTER_KEY_FILE}"


@pytest.mark.parametrize("content", ["", "x", "a" * 44, "é", KEY[:-4]])
def test_a_key_file_without_a_key_is_refused(home, settings, content):
    home.mkdir()
    settings.MASTER_KEY_FILE.write_text(content)
    settings.MASTER_KEY_FILE.chmod(0o600)

    with pytest.raises(ConfigError, match="holds no master key"):
        keys.master_keys()


def test_a_key_file_that_is_a_folder_is_refused(home, settings):
    settings.MASTER_KEY_FILE.mkdir(parents=True, mode=0o700)

    with pytest.raises(ConfigError, match="cannot be read or written"):
        keys.master_keys()


def test_keys_of_the_environment_come_in_their_order_and_make_no_file(home, settings):
    settings.MASTER_KEY = f"{KEY}, {OLD}"

    assert keys.master_keys() == [b"k" * 32, b"\xff" * 32]
    assert not home.exists()


@pytest.mark.parametrize("text", [",", "short", f"{KEY},short", KEY + "AAAA"])
def test_a_malformed_key_of_the_environment_is_refused_without_showing_it(settings, text):
    settings.MASTER_KEY = text

    with pytest.raises(ConfigError, match="MUSTER_MASTER_KEY holds no master key") as caught:
        keys.master_keys()

    assert KEY not in str(caught.value)


def test_a_new_key_goes_first_and_the_old_ones_can_be_dropped(home):
    (old,) = keys.master_keys()

    keys.put_new_key_first()
    new, kept = keys.master_keys()
    keys.keep_first_key()

    assert kept == old
    assert keys.master_keys() == [new]
