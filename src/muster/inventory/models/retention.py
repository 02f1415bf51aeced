"""How long what is no longer seen is kept."""

from django.db import models

from muster.organizations.models import Organization


class Retention(models.Model):
    """The retention of one organization: after how many days what goes; 0 means never.

    `ran_at` is when it last ran, and `outcome` what that removed, by name. `changed_by`
    is a name, as accounts go. Instants are Unix seconds; None means never.
    """

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="+")
    expiration_assets_stale = models.IntegerField(default=0)
    expiration_assets_offline = models.IntegerField(default=0)
    expiration_integration_attributes = models.IntegerField(default=0)
    expiration_directory = models.IntegerField(default=0)
    expiration_history = models.IntegerField(default=0)
    expiration_scans = models.IntegerField(default=0)
    keep_latest_integration_attributes = models.BooleanField(default=False)
    changed_by = models.CharField(max_length=300, blank=True)
    changed_at = models.BigIntegerField(null=True)
    ran_at = models.BigIntegerField(null=True)
    outcome = models.JSONField(default=dict)

    def __str__(self) -> str:
        """Whose it is."""
        return f"retention of organization {self.organization_id}"
