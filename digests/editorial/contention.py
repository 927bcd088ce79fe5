"""Contention: statements that the database broke off because of others. The database is well, and
the same statements may succeed a moment later."""

# What PostgreSQL calls serialization_failure, deadlock_detected, lock_not_available and
# query_canceled: in a request, a statement that waited too long for a lock.
_SQLSTATES = {"40001", "40P01", "55P03", "57014"}


def is_contention(error: BaseException | None) -> bool:
    """Whether a driver's exception says so."""
    is_locked = getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY")
    return is_locked or getattr(error, "sqlstate", None) in _SQLSTATES
