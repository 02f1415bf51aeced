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


@pytest.mark.django_db(transaction=True)
def test_relations_of_an_earlier_checkout_learn_since_when_they_are_there():
    MigrationExecutor(connection).migrate([("inventory", "0006_tables_of_earlier_checkouts")])
    with connection.cursor() as cursor:
        for table in ("membership", "ownership"):
            cursor.execute(f"ALTER TABLE {table} DROP COLUMN since_id")
        cursor.execute("DROP TABLE history")
        cursor.execute("INSERT INTO membership VALUES (1, 'g', 'u', 1, 1, 1)")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("inventory"))

    with connection.cursor() as cursor:
        cursor.execute("SELECT since_id FROM membership")
        assert cursor.fetchall() == [(0,)]
        cursor.execute("DELETE FROM membership")
    assert "history" in connection.introspection.table_names()
