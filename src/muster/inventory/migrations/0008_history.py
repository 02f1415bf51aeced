"""Keep what changed: the revisions, the tables of the history, and since when relations are."""

import django.db.models.deletion
from django.db import migrations, models

from muster.inventory.schema import add_since, create_missing


def create(apps, schema_editor):
    connection = schema_editor.connection
    there = set(connection.introspection.table_names())
    statements = create_missing(connection.vendor, there)
    if not has_since(connection):
        statements += add_since(connection.vendor)
    for statement in statements:
        schema_editor.execute(statement, params=None)


def has_since(connection):
    """True where the tables of relations were created with the column."""
    with connection.cursor() as cursor:
        columns = connection.introspection.get_table_description(cursor, "membership")
    return "since_id" in {each.name for each in columns}


def changed_at(model, index):
    return [
        migrations.AddField(
            model_name=model, name="changed_at", field=models.BigIntegerField(null=True)
        ),
        migrations.AddIndex(
            model_name=model,
            index=models.Index(
                condition=models.Q(("changed_at__isnull", False)),
                fields=["organization", "changed_at"],
                name=index,
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0007_life_of_records"),
        ("organizations", "0002_default_organization"),
    ]

    operations = [
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("run_id", models.BigIntegerField(default=0)),
                ("at", models.BigIntegerField()),
                ("act", models.CharField(blank=True, max_length=20)),
                ("made_by", models.CharField(blank=True, max_length=300)),
                ("note", models.TextField(blank=True)),
                ("is_open", models.BooleanField(default=False)),
                (
                    "feed",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inventory.feed",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="organizations.organization",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["organization", "run_id"], name="revision_by_run"),
                    models.Index(fields=["organization", "at"], name="revision_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "feed", "run_id", "at"), name="revision_is_unique"
                    )
                ],
            },
        ),
        *changed_at("asset", "asset_by_changed_at"),
        *changed_at("directoryuser", "directory_user_changed"),
        *changed_at("directorygroup", "directory_group_changed"),
        migrations.RunPython(create, migrations.RunPython.noop),
    ]
