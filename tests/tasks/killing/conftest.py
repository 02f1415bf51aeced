"""Databases that several processes work on."""

import pytest

from tasks.killing.databases import Databases


@pytest.fixture(scope="module")
def databases(tmp_path_factory, django_db_setup, django_db_blocker):
    made = Databases(tmp_path_factory.mktemp("databases"), django_db_blocker.unblock)
    yield made
    made.close()
