"""The clock by which everybody tells what is due: the database's own.

Processes may run on several machines, and the clock of one may be wrong, or be set. The database is
one for all of them, so nothing is published early, late or twice because two of them disagree.
"""

from datetime import UTC, datetime

from django.db import connection

_NOW = {
    # Not the start of the transaction, which may have waited for a lock since.
    "postgresql": "SELECT clock_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
}


def now() -> datetime:
    """The current time by the database's clock. Costs a query, which reads no table."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW[connection.vendor])
        moment: datetime | str = cursor.fetchone()[0]
    if isinstance(moment, str):
        return datetime.fromisoformat(moment).replace(tzinfo=UTC)
    return moment.astimezone(UTC)
