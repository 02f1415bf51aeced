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
MUSTER_RAW_DATA_MEGABYTES  how much raw data of runs an organization keeps (1000); 0 is none
MUSTER_NOTICES_INSIDE      `no` keeps notices from addresses inside of the network
MUSTER_URL                 the console's address as people type it, such as https://muster.example
MUSTER_HOSTS               other names of this server that a browser may use, by commas
MUSTER_TRUST_PROXY         `yes` believes the X-Forwarded headers of a proxy in front
MUSTER_SECRET_KEY          signs sessions; without it a file `secret.key` (0600) in the home
MUSTER_METRICS_TOKEN       what `/metrics` asks for; without it only this machine may ask
MUSTER_DEVELOPMENT         `yes` serves static files as they lie in the source, unbuilt
MUSTER_API_REQUESTS_PER_DAY  how many requests of the API one token may make a day (1000000)
MUSTER_API_LARGEST_UPLOAD  how many MB one request of the API may have (256)
MUSTER_LOG_LEVEL           debug, info, warning (default) or error
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.functional import lazy

from muster.core.database_url import database_options, home_folder
from muster.core.signing_key import signing_key
from muster.core.surroundings import whole_number, words

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
RAW_DATA_BYTES = 1_000_000 * whole_number(
    "MUSTER_RAW_DATA_MEGABYTES", os.environ, default=1000, least=0
)
NOTICES_MAY_GO_INSIDE = os.environ.get("MUSTER_NOTICES_INSIDE", "yes") != "no"
API_REQUESTS_PER_DAY = whole_number(
    "MUSTER_API_REQUESTS_PER_DAY", os.environ, default=1_000_000, most=1_000_000_000
)
API_LARGEST_UPLOAD = whole_number("MUSTER_API_LARGEST_UPLOAD", os.environ, default=256) * 2**20
LOG_LEVEL = os.environ.get("MUSTER_LOG_LEVEL", "warning")

ADDRESS = os.environ.get("MUSTER_URL", "").strip().rstrip("/")
HOSTS = [*words("MUSTER_HOSTS", os.environ), urlsplit(ADDRESS).hostname or ""]
TRUSTS_PROXY = os.environ.get("MUSTER_TRUST_PROXY", "no") == "yes"
METRICS_TOKEN = os.environ.get("MUSTER_METRICS_TOKEN", "").strip()

# Made when something is signed for the first time: most commands sign nothing.
SECRET_KEY = lazy(signing_key, str)(os.environ, home=HOME)
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "muster.accounts",
    "muster.organizations",
    "muster.credentials",
    "muster.explorers",
    "muster.custom",
    "muster.inventory",
    "muster.notices",
    "muster.tasks",
    "muster.console",
    "muster.tokens",
]
AUTH_USER_MODEL = "accounts.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
DATABASES = {"default": database_options(os.environ.get("MUSTER_DATABASE_URL", ""), home=HOME)}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{each}", "OPTIONS": options}
    for each, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("email", "name")}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
    )
]

ROOT_URLCONF = "muster.urls"
WSGI_APPLICATION = "muster.wsgi.application"
MIDDLEWARE = [
    "muster.api.middleware.ApiMiddleware",
    "muster.serving.hosts.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "muster.serving.headers.ContentSecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "muster.console.context.page_context",
            ]
        },
    }
]

# The names of our own host are checked by HostMiddleware, which also takes bare addresses.
ALLOWED_HOSTS = ["*"]
_IS_HTTPS = ADDRESS.startswith("https://")
CSRF_TRUSTED_ORIGINS = [ADDRESS] if ADDRESS else []
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "muster.console.errors.csrf_failure"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = _IS_HTTPS
SESSION_ENGINE = "muster.accounts.sessions"
SESSION_COOKIE_NAME = "muster_session"
CSRF_COOKIE_NAME = "muster_csrf"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _IS_HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTS_PROXY else None
USE_X_FORWARDED_HOST = TRUSTS_PROXY

# In development, static files are read from the source at each request and keep their names.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = (
    os.environ.get("MUSTER_DEVELOPMENT", "no") == "yes"
)
STATIC_URL = "/static/"
STATIC_ROOT = Path(__file__).with_name("assets")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
USE_I18N = False
# What a person sees and what is logged is said by our own logging, not Django's.
LOGGING_CONFIG = None
