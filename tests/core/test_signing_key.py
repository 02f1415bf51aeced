"""The signing key: made once, private, and long enough."""

import stat

import pytest

from muster.core.errors import ConfigError
from muster.core.signing_key import FILE, signing_key


def test_it_is_made_at_first_use_and_stays(tmp_path):
    first = signing_key({}, home=tmp_path)

    assert signing_key({}, home=tmp_path) == first
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_the_environment_goes_before_the_file(tmp_path):
    assert signing_key({"MUSTER_SECRET_KEY": "k" * 40}, home=tmp_path) == "k" * 40
    assert not (tmp_path / FILE).exists()


def test_a_short_key_is_none(tmp_path):
    with pytest.raises(ConfigError, match="MUSTER_SECRET_KEY"):
        signing_key({"MUSTER_SECRET_KEY": "short"}, home=tmp_path)


def test_a_file_that_others_can_read_is_not_used(tmp_path):
    signing_key({}, home=tmp_path)
    (tmp_path / FILE).chmod(0o644)

    with pytest.raises(ConfigError, match="read by others") as refused:
        signing_key({}, home=tmp_path)

    assert "chmod 600" in refused.value.hint


def test_a_home_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(ConfigError, match="cannot be read or written"):
        signing_key({}, home=tmp_path / "file" / "home")
