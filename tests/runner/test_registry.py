import pytest

from muster.core.errors import ConfigError
from muster.integrations.registry import SOURCES, credential_type, source


def test_every_source_is_found_by_its_name():
    assert [source(name).name for name in SOURCES] == list(SOURCES)


def test_no_two_sources_share_an_id():
    ids = [each.source_id for each in SOURCES.values()]

    assert len(set(ids)) == len(ids)


def test_entra_is_source_sixteen():
    assert source("azuread").source_id == 16


def test_credential_types_are_found_by_their_name():
    for name in ("azure_client_secret", "azure_username_password", "azure_certificate"):
        assert credential_type(name).name == name


def test_an_unknown_name_is_a_config_error():
    with pytest.raises(ConfigError, match="no source named"):
        source("okta")
    with pytest.raises(ConfigError, match="no credential type named"):
        credential_type("okta_token")
