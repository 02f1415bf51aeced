"""Django's settings, all of them from the environment, with defaults that need no server.

MUSTER_HOME                where the database, the master key and run data live
MUSTER_DATABASE_URL        `postgresql://user:password@host:port/name`; else SQLite in the home
MUSTER_MASTER_KEY          32 bytes in base64; without it a file `master.key` (0600) in the home
MUSTER_ENTRA_LOGIN_URL     replaces the login hosts of Entra ID, for a simulator
MUSTER_ENTRA_GRAPH_URL     replaces the hosts of Microsoft Graph, for a simulator
MUSTER_COLLECT_APART       `no` collects in the process that ingests; else in one of its own
MUSTER_RUNS_PER_ORGANIZATION  how many runs of one organization workers do at once (4)
MUSTER_RUNS_PER_TENANT     how many runs with one credential they do at once (2)
MUSTER_RUNS_PER_EXPLORER   how many runs on one Explorer they do at once (1)
MUSTER_NOTICES_INSIDE      `no` keeps notices from addresses inside of the network
MUSTER_LOG_LEVEL           debug, info, warning (default) or error
"""

import os

from muster.core.database_url import database_options, home_folder
from muster.core.surroundings import whole_number

HOME = home_folder(os.environ)

MASTER_KEY = os.environ.get("MUSTER_MASTER_KEY", "")
MASTER_KEY_FILE = HOME / "master.key"
ENDPOINTS = {
    "login": os.environ.get("MUSTER_ENTRA_LOGIN_URL", ""),
    "graph": os.environ.get("MUSTER_ENTRA_GRAPH_URL", ""),
}
COLLECTS_APART = os.environ.get("MUSTER_COLLECT_APART", "yes") != "no"
RUN_LIMITS = {
    "organization": whole_number("MUSTER_RUNS_PER_ORGANIZATION", os.environ, default=4),
    "tenant": whole_number("MUSTER_RUNS_PER_TENANT", os.environ, default=2),
    "explorer": whole_number("MUSTER_RUNS_PER_EXPLORER", os.environ, default=1),
}
NOTICES_MAY_GO_INSIDE = os.environ.get("MUSTER_NOTICES_INSIDE", "yes") != "no"
LOG_LEVEL = os.environ.get("MUSTER_LOG_LEVEL", "warning")

SECRET_KEY = "unused: no sessions or signatures yet"  # noqa: S105 - nothing is signed with it
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "muster.accounts",
    "muster.organizations",
    "muster.credentials",
    "muster.inventory",
    "muster.notices",
    "muster.tasks",
]
AUTH_USER_MODEL = "accounts.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
DATABASES = {"default": database_options(os.environ.get("MUSTER_DATABASE_URL", ""), home=HOME)}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
# What a person sees and what is logged is said by our own logging, not Django's.
LOGGING_CONFIG = None
