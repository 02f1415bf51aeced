"""Models and migrations say the same, and migrations can be taken back."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from muster.inventory.schema import TABLES


@pytest.mark.django_db
def test_no_model_has_changes_that_no_migration_makes():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_tables_of_the_inventory_come_and_go():
    names = {table.name for table in TABLES} | {"asset_text"}

    MigrationExecutor(connection).migrate([("inventory", "0001_initial")])
    gone = names & set(connection.introspection.table_names())
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("inventory"))
    back = names & set(connection.introspection.table_names())

    assert gone == set()
    assert back == names


@pytest.mark.django_db(transaction=True)
def test_a_database_of_an_earlier_checkout_gets_the_tables_it_lacks():
    MigrationExecutor(connection).migrate([("inventory", "0005_match_decisions")])
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE service_attribute")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("inventory"))

    assert "service_attribute" in connection.introspection.table_names()
