"""Services, as existing clients read them (reference console-api.md, Service)."""

from muster.api.rendering.assets import JSON, Surroundings, asset_document, service_data
from muster.api.rendering.plain import seconds
from muster.inventory.selectors import WholeAsset, WholeService


def service_document(service: WholeService, asset: WholeAsset, around: Surroundings) -> JSON:
    """Return one service, with the asset it is open on."""
    record = service.record
    own = {
        "service_id": str(service.uid),
        "service_asset_id": str(asset.row.uid),
        "service_created_at": seconds(service.first_seen),
        "service_updated_at": seconds(service.updated_at),
        "service_address": record.address,
        "service_transport": record.transport,
        "service_vhost": "",
        "service_port": str(record.port),
        "service_data": service_data(service),
        "service_protocol": " ".join(record.protocols),
        "service_summary": summary(service),
        "service_screenshot_link": "",
        "service_link": link(service),
    }
    return {**own, **asset_document(asset, around)}


def summary(service: WholeService) -> str:
    """Return what a person reads of a service in one line."""
    record = service.record
    product = " ".join(each for each in (record.vendor, record.product, record.version) if each)
    return product or record.attributes.get("banner", "").partition("\n")[0][:200]


def link(service: WholeService) -> str:
    """Return the address that opens it in a browser; "" if none does."""
    record = service.record
    is_web = {"http", "https"} & set(record.protocols)
    if not is_web or record.transport != "tcp":
        return ""
    scheme = "https" if "https" in is_web or "tls" in record.protocols else "http"
    host = f"[{record.address}]" if ":" in record.address else record.address
    return f"{scheme}://{host}:{record.port}/"
