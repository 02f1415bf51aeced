"""The companies that tenants belong to: names, offices, departments. All are invented."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Office:
    """A place where people work; `network` is the second octet of its 10.x.0.0/16."""

    code: str
    city: str
    street: str
    postal_code: str
    state: str | None
    country: str
    country_code: str
    language: str
    phone_prefix: str
    network: int


@dataclass(frozen=True, slots=True)
class Company:
    """A company; `prefix` begins the names of its machines."""

    display_name: str
    stem: str
    prefix: str


COMPANIES = (
    Company("Meridian Freight", "meridianfreight", "MF"),
    Company("Alderbrook Instruments", "alderbrook", "AB"),
    Company("Nordlicht Logistik", "nordlichtlogistik", "NL"),
    Company("Halcyon Foods", "halcyonfoods", "HF"),
    Company("Tessera Paper", "tesserapaper", "TP"),
    Company("Quillon Marine", "quillonmarine", "QM"),
    Company("Bramble & Stone", "bramblestone", "BS"),
    Company("Corvid Analytics", "corvidanalytics", "CA"),
)

OFFICES = (
    Office("BER", "Berlin", "Hafenstraße 12", "10179", None, "Germany", "DE", "de-DE",
           "+49 30", 10),
    Office("MUC", "München", "Lindenallee 4", "80331", "BY", "Germany", "DE", "de-DE",
           "+49 89", 11),
    Office("LON", "London", "7 Wharf Lane", "SE1 9PP", None, "United Kingdom", "GB", "en-GB",
           "+44 20", 20),
    Office("CHI", "Chicago", "210 Canal St", "60606", "IL", "United States", "US", "en-US",
           "+1 312", 21),
    Office("LYO", "Lyon", "18 quai des Étoiles", "69002", None, "France", "FR", "fr-FR",
           "+33 4", 30),
    Office("KRK", "Kraków", "ul. Długa 31", "31-147", None, "Poland", "PL", "pl-PL", "+48 12", 40),
    Office("MAD", "Madrid", "Calle Peñón 9", "28005", None, "Spain", "ES", "es-ES", "+34 91", 50),
    Office("IST", "İstanbul", "Çiçek Sokağı 5", "34433", None, "Türkiye", "TR", "tr-TR",
           "+90 212", 60),
    Office("OSA", "大阪", "北区中之島 2-3", "530-0005", None, "Japan", "JP", "ja-JP", "+81 6", 70),
)  # fmt: skip

OFFICES_BY_LANGUAGE = {
    language: tuple(each for each in OFFICES if each.language[:2] == language)
    for language in {each.language[:2] for each in OFFICES}
}

DEPARTMENT_CYCLE = 20
"""A user's index modulo this decides the department, so that a department needs no list."""

DEPARTMENTS = (
    ("Operations", 0, 5),
    ("Warehouse", 5, 8),
    ("Sales", 8, 11),
    ("Customer Service", 11, 13),
    ("Finance", 13, 14),
    ("IT", 14, 15),
    ("People & Culture", 15, 16),
    ("Marketing", 16, 17),
    ("Engineering", 17, 18),
)
GUEST_REMAINDER = 18
SPECIAL_REMAINDER = 19

TITLES = {
    "Operations": ("Dispatcher", "Operations Manager", "Route Planner", "Customs Clerk"),
    "Warehouse": ("Shift Lead", "Forklift Operator", "Inventory Clerk"),
    "Sales": ("Account Executive", "Key Account Manager", "Sales Engineer", "Vertriebsleiter"),
    "Customer Service": ("Service Agent", "Team Lead Service"),
    "Finance": ("Accountant", "Controller", "Chief Financial Officer", "Payroll Specialist"),
    "IT": ("Systems Administrator", "Service Desk Analyst", "Network Engineer", "CISO"),
    "People & Culture": ("HR Business Partner", "Recruiter"),
    "Marketing": ("Content Editor", "Brand Manager", "Chargée de communication"),
    "Engineering": ("Software Engineer", "Data Engineer", "QA Engineer", "Ingeniera de datos"),
}

PARTNERS = (
    "brightharbor.example",
    "oakline-audit.example",
    "kessel-partner.example",
    "tidewater.example",
)


_DEPARTMENT_OF = {
    remainder: name for name, low, high in DEPARTMENTS for remainder in range(low, high)
}


def department_of(index: int) -> str | None:
    """Return the department of the user at an index; None for guests and special accounts."""
    return _DEPARTMENT_OF.get(index % DEPARTMENT_CYCLE)
