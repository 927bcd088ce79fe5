"""All settings, for every way to run; those that may differ are read from the environment."""

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from django.urls import reverse_lazy
from django.utils.csp import CSP

from newsroom import env as kinds
from newsroom.database import POSTGRESQL_URL, sqlite
from newsroom.env import Environment, Rate, bracketed, choice, folder, integer, secret
from newsroom.mail import EMAIL_URL
from newsroom.secret import secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
RELEASE = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]
env = Environment(os.environ)
# Lets Django's generic classes accept type parameters at run time, too.
django_stubs_ext.monkeypatch()

# Where things are kept

DATA_DIR = env.read(
    "DATA_DIR",
    folder(BASE_DIR),
    default=BASE_DIR / "var",
    shown="var",
    help="The folder that holds the database file, the secret key, uploads and exported files.",
)
EXPORT_ROOT = env.read(
    "EXPORT_ROOT",
    folder(BASE_DIR),
    default=DATA_DIR / "export",
    shown="DATA_DIR/export",
    help="The folder that receives the Markdown file of every published digest.",
)
DATABASES = {
    "default": env.read(
        "DATABASE_URL",
        POSTGRESQL_URL,
        default=sqlite(DATA_DIR / "newsroom.sqlite3"),
        shown="SQLite in DATA_DIR",
        help="The PostgreSQL database, as postgresql://user:password@host:5432/name.",
    )
}
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "media/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "newsroom.static.StaticFiles"},
}

# Where the site is

HOST = env.read(
    "HOST",
    kinds.HOST,
    default="127.0.0.1",
    help="The address the server listens on; 0.0.0.0 for every network of the machine.",
)
PORT = env.read("PORT", integer(1, 65535), default=8000, help="The port the server listens on.")
SITE_URL = env.read(
    "SITE_URL",
    kinds.SITE_URL,
    default=f"http://{'127.0.0.1' if HOST in ('0.0.0.0', '::') else bracketed(HOST)}:{PORT}",  # noqa: S104 - compared, not bound
    shown="http://HOST:PORT",
    help="The address readers use. With https, cookies are secure and plain http is redirected.",
)
SITE_NAME = env.read(
    "SITE_NAME",
    kinds.SITE_NAME,
    default="Newsroom",
    help="The name of the site, at the top of every page and in the feeds.",
)
TRUSTED_PROXIES = env.read(
    "TRUSTED_PROXIES",
    integer(0, 9),
    default=0,
    help="How many proxies stand in front: as many X-Forwarded-For addresses are believed.",
)
ALLOWED_HOSTS = [
    *env.read(
        "ALLOWED_HOSTS",
        kinds.ALLOWED_HOSTS,
        default=[],
        shown="",
        help="More host names the site answers to, separated by commas; SITE_URL's is one already.",
    ),
    bracketed(urlsplit(SITE_URL).hostname or ""),
    "localhost",
    "127.0.0.1",
    "[::1]",
]

STALE_IF_ERROR = env.read(
    "STALE_IF_ERROR",
    integer(0, 24 * 60 * 60),
    default=60,
    help="For how many seconds readers are shown kept pages when the database does not answer.",
)
API_RATE = env.read(
    "API_RATE",
    kinds.RATE,
    default=Rate(120, 60),
    shown="120/min",
    help="How often one address may ask the public API, as 2/sec, 120/min or 5000/hour; or none.",
)

SEARCH_RATE = env.read(
    "SEARCH_RATE",
    kinds.RATE,
    default=Rate(30, 60),
    shown="30/min",
    help="How often one address may search, as 30/min; or none.",
)
SIGN_IN_RATE = env.read(
    "SIGN_IN_RATE",
    kinds.RATE,
    default=Rate(10, 60),
    shown="10/min",
    help="How often one address may try to sign in, as 10/min; or none.",
)
RESET_RATE = env.read(
    "RESET_RATE",
    kinds.RATE,
    default=Rate(5, 60 * 60),
    shown="5/hour",
    help="How often one address may ask for a new password by e-mail, as 5/hour; or none.",
)

# Security

DEBUG = env.read(
    "DEBUG",
    kinds.FLAG,
    default=False,
    shown="false",
    help="true shows tracebacks in the browser; for development on one's own machine only.",
)
SECRET_KEY = env.read(
    "SECRET_KEY",
    secret(50),
    default=None,
    shown="made once, in DATA_DIR/secret_key",
    help="The key that signs sessions; set it when several machines serve one site.",
) or secret_key(DATA_DIR / "secret_key")

HTTPS = SITE_URL.startswith("https:")
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "digests.desk.resend.csrf_failure"
SECURE_SSL_REDIRECT = HTTPS
# Probes call the process itself, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
# Thirty days: long enough to protect, short enough to come back from.
SECURE_HSTS_SECONDS = 30 * 24 * 60 * 60 if HTTPS else 0
# W005 and W021 ask to claim every subdomain and a place in the browsers' preload list; both are
# the domain owner's decision, not one that a program on one of its hosts may take.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The policy of the admin; readers' pages have their own.
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "https:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
READERS_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "img-src": [CSP.SELF, "https:", "data:"],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}

# Signing in

AUTH_USER_MODEL = "digests.User"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
# A session ends after twelve idle hours; `newsroom.middleware` prolongs it.
SESSION_COOKIE_AGE = 12 * 60 * 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
# Middleware has already put the client's address into REMOTE_ADDR, for axes and for ninja.
AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]
NINJA_NUM_PROXIES = 0

# The application

ROOT_URLCONF = "newsroom.urls"
INSTALLED_APPS = [
    "newsroom",
    "digests.apps.DigestsConfig",
    "digests.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    # After the apps whose templates may override its own.
    "django.forms",
    "ninja",
    "markdownx",
    "axes",
]
MIDDLEWARE = [
    # First, so that no answer of what follows goes without their headers.
    "newsroom.middleware.SecurityHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "newsroom.middleware.Probes",
    "newsroom.middleware.Encodings",
    "newsroom.middleware.TrustedProxies",
    "newsroom.middleware.PublicAPI",
    "newsroom.middleware.JSONProblems",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsroom.middleware.Sessions",
    "newsroom.middleware.Languages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "digests.accounts.language.OwnLanguageAndZone",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Before anything that reads a body.
    "newsroom.middleware.Limits",
    # Last, as axes asks: it answers for a sign-in that was refused.
    "axes.middleware.AxesMiddleware",
]
# One root for all templates, those of form fields too.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
MARKDOWNX_MARKDOWNIFY_FUNCTION = "digests.text.markdown.html.to_html"
MARKDOWNX_URLS_PATH = reverse_lazy("markdownx_markdownify")
MARKDOWNX_UPLOAD_URLS_PATH = reverse_lazy("markdownx_upload")

# Languages and time

FORMAT_MODULE_PATH = "newsroom.formats"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
_language = env.read(
    "LANGUAGE_CODE",
    choice({code: code for code, _ in LANGUAGES}),
    default=None,
    shown="en",
    help="The language of the admin for users who have not chosen one: en or zh-hans.",
)
LANGUAGE_CODE = _language or "en"
LANGUAGE_IS_SET = _language is not None
LOCALE_PATHS = [BASE_DIR / "digests" / "locale"]
_zone = env.read(
    "TIME_ZONE",
    kinds.TIME_ZONE,
    default=None,
    shown="UTC",
    help="The time zone of the admin for users who have not chosen one, such as Asia/Shanghai.",
)
TIME_ZONE = _zone or "UTC"
TIME_ZONE_IS_SET = _zone is not None
USE_TZ = True

# Messages: tasks, cache, e-mail, logs

REDIS_URL = env.read(
    "REDIS_URL",
    kinds.REDIS_URL,
    default=None,
    shown="none: one process does all",
    help="Redis for tasks and cache, as redis://host:6379/0; needed for more than one process.",
)
# Answers to readers are made again after a minute, and kept for as long as they may be shown while
# the database does not answer.
PAGES_FRESH = 60
PAGES_KEPT = PAGES_FRESH + STALE_IF_ERROR
CACHES: dict[str, dict[str, Any]]
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, float]
if REDIS_URL:
    _redis = {
        "BACKEND": "newsroom.cache.SpareRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    CACHES = {
        "default": _redis,
        "pages": _redis | {"KEY_PREFIX": "pages", "TIMEOUT": PAGES_KEPT},
        "rates": _redis | {"BACKEND": "newsroom.cache.RatesCache", "KEY_PREFIX": "rates"},
    }
    CELERY_BROKER_URL = REDIS_URL
    # One second each: users who publish must not wait for a broker that stays silent.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 3600,
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
    }
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "pages": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "pages",
            "TIMEOUT": PAGES_KEPT,
            "OPTIONS": {"MAX_ENTRIES": 500},
        },
        "rates": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "rates",
            # One entry for each client address; with too few, addresses would evict one another.
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        },
    }
    CELERY_BROKER_URL = "memory://localhost/"
    CELERY_BROKER_TRANSPORT_OPTIONS = {"polling_interval": 0.1}
if DEBUG:
    # Pages are made for each request, so that a changed template shows at once.
    CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
# A lost message costs nothing, because beat sweeps again; a task that kills its worker must not
# come back for ever. So messages are acknowledged early and never returned.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_REJECT_ON_WORKER_LOST = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 0, "interval_start": 0, "interval_max": 0.1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Concerns messages that are acknowledged late, none of ours; False warns at each lost connection.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
# The schedule is in the code, and an extra tick is harmless, so no file has to keep its state.
CELERY_BEAT_SCHEDULER = "newsroom.beat:Scheduler"
SWEEP_EVERY = timedelta(seconds=15)
CELERY_BEAT_SCHEDULE = {"sweep": {"task": "digests.tasks.sweep", "schedule": SWEEP_EVERY}}
# How often worker, clock and beat say that they are alive.
HEARTBEAT_EVERY = timedelta(seconds=10)

_mail = env.read(
    "EMAIL_URL",
    EMAIL_URL,
    default=None,
    shown="none: no e-mail is sent",
    help="The mail server, as smtp+starttls://user:password@host:587?from=news@example.org.",
)
EMAIL_IS_SENT = _mail is not None
MAILERS = {"default": _mail["mailer"] if _mail else {"BACKEND": "newsroom.mail.NoMail"}}
DEFAULT_FROM_EMAIL = (_mail and _mail["sender"]) or f"newsroom@{urlsplit(SITE_URL).hostname}"

LOG_LEVEL = env.read(
    "LOG_LEVEL",
    choice({name: name for name in ("DEBUG", "INFO", "WARNING", "ERROR")}),
    default="INFO",
    help="How much is written to standard error: DEBUG, INFO, WARNING or ERROR.",
)
QUIETER = "WARNING" if LOG_LEVEL == "INFO" else LOG_LEVEL
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {
        "troubles": {"()": "newsroom.troubles.OncePerMinute"},
        "no_repeats": {"()": "newsroom.logs.NoRepeats"},
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["troubles"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # Their own handlers would print each line a second time.
        "django": {"handlers": [], "propagate": True},
        "gunicorn.error": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # They would tell of each client that leaves and of each request that waits for a thread.
        "waitress": {"level": QUIETER},
        "waitress.queue": {"level": "ERROR"},
        # They try again every second, whatever it was.
        "digests.editorial.lifecycle": {"filters": ["no_repeats"]},
        "newsroom.beat": {"filters": ["no_repeats"]},
        "newsroom.heart": {"filters": ["no_repeats"]},
        "newsroom.worker": {"filters": ["no_repeats"]},
        # The sweeps would log three lines each time, and a start one after the way in.
        "celery.app.trace": {"level": QUIETER},
        "celery.beat": {"level": QUIETER},
        "celery.worker.consumer.connection": {"level": QUIETER},
        "celery.worker.strategy": {"level": QUIETER},
    },
}
