"""What a feed's last task makes of unknown assets, and whether its memberships are counted."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Both are false until the next run says otherwise."""

    dependencies: ClassVar = [("inventory", "0009_search_indexes")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="feed",
            name="excludes_unknown",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="feed",
            name="is_unsettled",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
