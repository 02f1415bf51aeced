"""Keep facets and when collections were whole, and let queries be saved."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_services"),
        ("organizations", "0002_default_organization"),
    ]

    operations = [
        migrations.CreateModel(
            name="CollectionSync",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("collection", models.CharField(max_length=20)),
                ("complete_at", models.BigIntegerField(null=True)),
                ("incomplete_at", models.BigIntegerField(null=True)),
                ("error", models.TextField(blank=True)),
                (
                    "feed",
                    models.ForeignKey(
                        db_index=False,
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "feed", "collection"),
                        name="collection_sync_is_unique",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="KeptFacet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("facet", models.CharField(max_length=20)),
                ("values", models.JSONField(default=list)),
                ("total", models.BigIntegerField()),
                ("missing", models.BigIntegerField()),
                ("other_values", models.BigIntegerField()),
                ("counted_at", models.BigIntegerField()),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "facet"), name="kept_facet_is_unique"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedQuery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("folded", models.CharField(max_length=600)),
                ("description", models.TextField(blank=True)),
                ("inventory", models.CharField(max_length=30)),
                ("text", models.TextField(blank=True)),
                ("created_at", models.BigIntegerField()),
                ("updated_at", models.BigIntegerField()),
                ("created_by", models.CharField(max_length=300)),
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "inventory", "folded"), name="saved_query_is_unique"
                    )
                ],
            },
        ),
    ]
