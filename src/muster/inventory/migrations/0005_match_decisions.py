"""Keep what people decide about matches, and which record leads of a device set up anew."""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0004_facets_and_saved_queries"),
        ("organizations", "0002_default_organization"),
    ]

    operations = [
        migrations.AddField(
            model_name="assetsource",
            name="standing",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="assetsource",
            name="superseded_by",
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name="MatchDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("act", models.UUIDField(default=uuid.uuid4, editable=False)),
                ("kind", models.CharField(max_length=20)),
                ("is_same", models.BooleanField()),
                ("one_foreign_id", models.CharField(max_length=300)),
                ("other_foreign_id", models.CharField(max_length=300)),
                ("made_by", models.CharField(max_length=300)),
                ("made_at", models.BigIntegerField()),
                ("note", models.TextField(blank=True)),
                (
                    "former_site",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="organizations.site",
                    ),
                ),
                (
                    "one_feed",
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
                (
                    "other_feed",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="inventory.feed",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["organization", "one_foreign_id"], name="match_decision_by_one"
                    ),
                    models.Index(
                        fields=["organization", "other_foreign_id"], name="match_decision_by_other"
                    ),
                    models.Index(fields=["organization", "act"], name="match_decision_by_act"),
                ],
            },
        ),
    ]
