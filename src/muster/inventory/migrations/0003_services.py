"""Make services an inventory of their own."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0002_set_tables"),
        ("organizations", "0002_default_organization"),
    ]

    operations = [
        migrations.AlterField(
            model_name="attributekey",
            name="inventory",
            field=models.SmallIntegerField(
                choices=[(1, "Assets"), (2, "Users"), (3, "Groups"), (4, "Services")]
            ),
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("transport", models.CharField(max_length=20)),
                ("port", models.IntegerField()),
                ("address", models.CharField(max_length=300)),
                ("packed", models.BinaryField(max_length=16, null=True)),
                ("protocols", models.CharField(blank=True, max_length=300)),
                ("product", models.CharField(blank=True, max_length=300)),
                ("digest", models.BigIntegerField()),
                ("first_seen", models.BigIntegerField()),
                ("last_seen", models.BigIntegerField()),
                ("updated_at", models.BigIntegerField()),
                ("run_id", models.BigIntegerField(default=0)),
                (
                    "asset",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inventory.asset",
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
                (
                    "record",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inventory.assetsource",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "last_seen", "id"], name="service_by_last_seen"
                    ),
                    models.Index(
                        fields=["organization", "port", "transport", "asset"],
                        name="service_by_port",
                    ),
                    models.Index(fields=["organization", "packed"], name="service_by_address"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "record", "transport", "port", "address"),
                        name="service_is_unique",
                    )
                ],
            },
        ),
    ]
