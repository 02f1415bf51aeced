"""Makers of network interfaces: the prefixes that the IEEE gave them."""

PREFIXES: dict[str, tuple[str, ...]] = {
    "Dell": ("d4:be:d9", "f8:bc:12", "b0:83:fe", "00:14:22"),
    "Lenovo": ("54:e1:ad", "8c:16:45", "54:ee:75"),
    "HP": ("3c:d9:2b", "94:57:a5", "70:5a:0f"),
    "HPE": ("9c:b6:54", "94:18:82"),
    "Microsoft": ("28:18:78", "00:15:5d"),
    "VMware": ("00:50:56", "00:0c:29"),
    "Apple": ("3c:22:fb", "f0:18:98", "a4:83:e7", "ac:bc:32"),
    "Samsung": ("8c:f5:a3", "5c:0a:5b"),
    "Google": ("3c:5a:b4", "f4:f5:d8"),
    "Zebra": ("00:a0:f8",),
    "Xiaomi": ("64:09:80",),
    "Fujitsu": ("00:19:99",),
    "Panasonic": ("08:00:23",),
    "Intel": ("00:1b:21", "3c:a9:f4"),
    "Kyocera": ("00:c0:ee",),
    "Brother": ("00:80:77",),
    "Lexmark": ("00:21:b7",),
    "Canon": ("00:1e:8f",),
    "Cisco": ("00:1a:a1", "00:1b:d4"),
    "Aruba": ("00:0b:86",),
    "Ubiquiti": ("24:a4:3c", "fc:ec:da"),
    "MikroTik": ("4c:5e:0c",),
    "Axis": ("00:40:8c", "ac:cc:8e"),
    "Hikvision": ("44:19:b6", "c0:56:e3"),
    "Synology": ("00:11:32",),
    "QNAP": ("00:08:9b",),
    "Supermicro": ("00:25:90",),
    "Raspberry Pi": ("b8:27:eb", "dc:a6:32"),
    "Espressif": ("24:0a:c4",),
    "Signify": ("00:17:88",),
    "Sonos": ("00:0e:58",),
    "Siemens": ("00:1b:1b",),
    "Yealink": ("00:15:65",),
    "APC": ("00:c0:b7",),
}

_BY_SPELLING = {
    "dell": "Dell",
    "lenovo": "Lenovo",
    "hpe": "HPE",
    "hp": "HP",
    "microsoft": "Microsoft",
    "vmware": "VMware",
    "apple": "Apple",
    "samsung": "Samsung",
    "google": "Google",
    "zebra": "Zebra",
    "xiaomi": "Xiaomi",
    "fujitsu": "Fujitsu",
    "panasonic": "Panasonic",
}


def vendor_of(manufacturer: str | None) -> str:
    """Return a directory's manufacturer as a scan names it; Intel where nothing is said."""
    folded = (manufacturer or "").casefold()
    for spelling, vendor in _BY_SPELLING.items():
        if folded.startswith(spelling):
            return vendor
    return "Intel"
