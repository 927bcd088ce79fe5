"""What a transaction locks and in which order, as its statements tell."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# The order in which a verb takes its locks: docs/architecture.md, “Locks”.
ORDER = [
    "imports",
    "digests_user",
    "digests_digest",
    "digests_slot",
    "digests_category",
    "digests_item",
    "digests_series",
    "digests_tagauthority",
    "digests_search",
    "digests_site",
]
# Rows of whoever works side by side. Nothing refers to them, and a verb locks them last.
OWN = {"digests_claim", "digests_itemdraft", "digests_presence"}
_ADVISORY = {"digests_digest": "imports", "digests_search": "digests_search"}

_SELECT = re.compile(r'^SELECT .*? FROM "(\w+)".* FOR (NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)', re.S)
_ADVISED = re.compile(r"pg_advisory_xact_lock\('(\w+)'")
_WRITTEN = re.compile(r'^(?:UPDATE|INSERT INTO) "(\w+)"')
# Rows that two verbs may both write without having locked anything before: one waits there.
_CONTESTED = {"digests_category", "digests_tagauthority", "digests_site", "digests_series"}
# On PostgreSQL a verb has locked the slots that it updates; on SQLite it has asked for no lock.
_LOCKED_BEFORE = re.compile(r'^UPDATE "(digests_slot)"')


def _contested(sql: str) -> re.Match[str] | None:
    """The statement, if it waits for another transaction that wrote the same rows."""
    found = _WRITTEN.search(sql)
    if found and found[1] in _CONTESTED:
        return found
    return _LOCKED_BEFORE.search(sql) if connection.vendor == "postgresql" else None


class Locks:
    """The locks in the order in which they were first taken, and what is wrong with them."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.wrong: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if found := _SELECT.search(sql):
            self.take(found[1], sql)
            if found[1] not in OWN and found[2] != "NO KEY UPDATE":
                self.wrong.append(f"locks the keys of {found[1]}: {sql}")
            if found[1] == "digests_item" and 'ORDER BY "digests_item"."id" ASC' not in sql:
                self.wrong.append(f"locks items in no order: {sql}")
        elif found := _ADVISED.search(sql):
            self.take(_ADVISORY[found[1]], sql)
        elif found := _contested(sql):
            self.take(found[1], sql)
        return execute(sql, *rest)

    def take(self, name: str, sql: str) -> None:
        if name in OWN or name in self.taken:
            return
        if self.taken and ORDER.index(name) < max(map(ORDER.index, self.taken)):
            self.wrong.append(f"locks {name} after {self.taken[-1]}: {sql}")
        self.taken.append(name)


@contextmanager
def watched_locks() -> Iterator[Locks]:
    locks = Locks()
    with connection.execute_wrapper(locks):
        yield locks
