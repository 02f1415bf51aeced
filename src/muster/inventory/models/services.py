"""Services: the open ports of assets."""

import uuid
from typing import ClassVar

from django.db import models

from muster.inventory.models.assets import Asset, AssetSource
from muster.organizations.models import Organization


class Service(models.Model):
    """One open port on one address, as one record of an asset has it.

    What its source says of it is in the table `service_record`, read and written whole; `digest`
    is the hash of that. `asset` is the asset of `record` and moves with it; a service without one
    is in no list and no count. `transport` and `address` are folded, `packed` is the address as
    16 bytes (None if it is no address), `protocols` are tab-joined.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    record = models.ForeignKey(
        AssetSource, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="+", null=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    transport = models.CharField(max_length=20)
    port = models.IntegerField()
    address = models.CharField(max_length=300)
    packed = models.BinaryField(max_length=16, null=True)
    protocols = models.CharField(max_length=300, blank=True)
    product = models.CharField(max_length=300, blank=True)
    digest = models.BigIntegerField()
    first_seen = models.BigIntegerField()
    last_seen = models.BigIntegerField()
    updated_at = models.BigIntegerField()
    run_id = models.BigIntegerField(default=0)

    class Meta:
        """A record has a port of an address once; assets are found by port without their rows."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "record", "transport", "port", "address"],
                name="service_is_unique",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "last_seen", "id"], name="service_by_last_seen"),
            models.Index(
                fields=["organization", "port", "transport", "asset"], name="service_by_port"
            ),
            models.Index(fields=["organization", "packed"], name="service_by_address"),
        ]

    def __str__(self) -> str:
        """Transport, address and port."""
        return f"{self.transport}://{self.address}:{self.port}"
