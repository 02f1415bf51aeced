"""What machines are called, made of and numbered, as tenants really do it."""

import random
import uuid
from datetime import UTC, datetime, timedelta

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

_PLACES = ["ber", "muc", "nyc", "lon", "par", "sto", "osl", "waw", "mad", "sgp", "syd", "fra"]
_TEAMS = ["fin", "hr", "eng", "ops", "sales", "legal", "lab", "it", "mkt", "dev", "whs", "plant"]
_PEOPLE = ["anna", "jonas", "meera", "olu", "pilar", "sven", "yuki", "farid", "greta", "tomas"]
_DOMAINS = ["corp.example", "ad.contoso.example", "intra.fabrikam.example", "local", "lan"]
_MODELS = [
    ("Dell Inc.", "Latitude 7440", "b0:7b:25"),
    ("LENOVO", "21HM004QGE", "e8:6a:64"),
    ("HP", "EliteBook 840 G10", "3c:52:82"),
    ("Microsoft Corporation", "Surface Laptop 5", "c8:3d:d4"),
    ("FUJITSU", "LIFEBOOK U7413", "4c:52:62"),
    ("Apple", "MacBookPro18,3", "f0:18:98"),
    ("Intel", "NUC12WSHi5", "48:21:0b"),
]
_WINDOWS = ["Windows", "Windows 11", "Windows 10", "Windows Server 2022", "Microsoft Windows 11"]


class Words:
    """Draws names and numbers; the same seed draws the same."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        self._drawn: set[str] = set()

    def one_of(self, *choices: str) -> str:
        return self._random.choice(choices)

    def between(self, low: int, high: int) -> int:
        return self._random.randint(low, high)

    def name(self) -> str:
        """A host name in one of the schemes that tenants use, never the same twice."""
        while (found := self._scheme()).casefold() in self._drawn:
            pass
        self._drawn.add(found.casefold())
        return found

    def long_name(self) -> str:
        """A name that NetBIOS cuts."""
        place, team = self.one_of(*_PLACES), self.one_of(*_TEAMS)
        kind = self.one_of("laptop", "notebook", "workstation", "terminal", "server")
        return f"{place}-{team}-{kind}-{self.between(1000, 9999)}"

    def spelled(self, name: str) -> str:
        """The same name as another source would write it."""
        spelling = self.one_of("upper", "lower", "domain", "capitalised", "dotted")
        return {
            "upper": name.upper(),
            "lower": name.lower(),
            "domain": f"{name.lower()}.{self.one_of(*_DOMAINS)}",
            "capitalised": name.capitalize(),
            "dotted": f"{name.upper()}.{self.one_of(*_DOMAINS)}.",
        }[spelling]

    def model(self) -> tuple[str, str, str]:
        return self._random.choice(_MODELS)

    def windows(self) -> str:
        return self.one_of(*_WINDOWS)

    def mac(self, begin: str = "") -> str:
        """A MAC that begins so, or like that of a maker of laptops, in one of its spellings."""
        begin = begin or self.model()[2]
        digits = begin.replace(":", "")
        digits += "".join(self._random.choices("0123456789abcdef", k=12 - len(digits)))
        pairs = [digits[at : at + 2] for at in range(0, 12, 2)]
        return self.one_of(
            ":".join(pairs), "-".join(pairs).upper(), digits.upper(), digits, ":".join(pairs)
        )

    def respelled(self, mac: str) -> str:
        digits = mac.replace(":", "").replace("-", "").lower()
        pairs = [digits[at : at + 2] for at in range(0, 12, 2)]
        return self.one_of(":".join(pairs).upper(), "-".join(pairs), digits)

    def random_mac(self) -> str:
        """One that a phone makes up for a network."""
        first = self.one_of("02", "06", "0a", "0e", "a2", "d6", "fa", "7e")
        return self.mac(first)

    def serial(self) -> str:
        letters = "0123456789BCDFGHJKLMNPQRSTVWXYZ"
        drawn = "".join(self._random.choices(letters, k=self.between(6, 9)))
        return self.one_of("PF", "5CG", "", "MJ0", "") + drawn + str(self.between(0, 9))

    def guid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def sid(self) -> str:
        domain = "-".join(str(self.between(100_000_000, 4_000_000_000)) for _ in range(3))
        return f"S-1-5-21-{domain}-{self.between(1100, 99999)}"

    def address(self) -> str:
        net = self.one_of("10.20", "10.4", "172.20", "192.168", "10.113")
        return f"{net}.{self.between(1, 250)}.{self.between(2, 250)}"

    def days_ago(self, low: int, high: int) -> datetime:
        return NOW - timedelta(days=self.between(low, high), seconds=self.between(0, 80_000))

    def _scheme(self) -> str:
        place, team = self.one_of(*_PLACES), self.one_of(*_TEAMS)
        return self.one_of(
            f"{place}-{team}-{self.between(1, 999):03}",
            f"DESKTOP-{self.serial()[:7]}",
            f"LAPTOP-{self.serial()[:7]}",
            f"{self.one_of(*_PEOPLE)}-{self.one_of('x1', 'xps', 't14', 'mbp', 'nuc')}"
            f"{self.between(1, 99)}",
            f"{place.upper()}WS{self.between(1000, 9999)}",
            f"srv-{team}{self.between(1, 99):02}",
            f"{self.serial()[:8]}",
            f"{place}{team}{self.between(1, 99)}pc",
        )
