"""The two databases Newsroom runs on: SQLite by default, PostgreSQL with DATABASE_URL."""

from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from newsroom.env import Kind

# What libpq waits for, unless DATABASE_URL says otherwise: for a connection, for keep-alive
# packets of an idle server, and for a server to acknowledge what was sent. How long a request waits
# for a statement is said in `newsroom.postgresql`.
PATIENCE: dict[str, Any] = {
    "connect_timeout": 2,
    "keepalives_idle": 10,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}


def sqlite(path: Path) -> dict[str, Any]:
    """The settings for SQLite, with WAL and IMMEDIATE: readers never wait, and writers queue
    instead of failing."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,
        # True would take the write lock on every GET.
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            # Writers are served in no particular order, so an unlucky one may wait many seconds.
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                "PRAGMA synchronous=NORMAL;"
                "PRAGMA journal_size_limit=67108864;"
            ),
        },
    }


def _postgresql(value: str) -> dict[str, Any]:
    if not value.startswith(("postgresql://", "postgres://")):
        raise ValueError
    try:
        parts = conninfo_to_dict(value)
    except ProgrammingError as error:
        raise ValueError from error
    if "dbname" not in parts:
        raise ValueError
    return {
        "ENGINE": "newsroom.postgresql",
        "NAME": parts.pop("dbname"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": PATIENCE | parts,
    }


POSTGRESQL_URL = Kind(
    _postgresql, "an address such as postgresql://user:password@host:5432/name", secret=True
)
