"""What readers are told beside a digest's text: its corrections, and that people reviewed it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.db.models import Aggregate, Exists, F, JSONField, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.db.models.sql.compiler import SQLCompiler

from digests.models.correction import Correction
from digests.models.digest import Digest, DigestQuerySet
from digests.models.move import Move


class JSONList(Aggregate):
    """The values of a group as one JSON array, in no order."""

    output_field = JSONField()
    template = "%(function)s(%(expressions)s)"

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        # The values are JSON already, and not text to be quoted.
        template = "JSON_GROUP_ARRAY(JSON(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **extra)


@cache
def with_notices() -> DigestQuerySet:
    """Digests with their pages and what `notice_of` tells beside them, in one query.

    Made once: to make it for each request would cost more than to ask.
    """
    corrections = (
        Correction.objects.filter(revision__digest=OuterRef("pk"))
        .order_by()
        .values("revision__digest")
        .annotate(all=JSONList(JSONObject(at="at", note="note", pk="pk")))
        .values("all")
    )
    # By a person, not by an import; by another than who submitted it, and not as an exception.
    approvals = Move.objects.filter(
        verb=Move.Verb.APPROVE, revision=OuterRef("live_revision"), actor__isnull=False
    ).exclude(
        Q(actor=F("revision__created_by"))
        | Exists(Move.objects.filter(verb=Move.Verb.OVERRIDE, revision=OuterRef("revision")))
    )
    return Digest.objects.with_pages().annotate(
        corrections=Subquery(corrections), was_reviewed=Exists(approvals)
    )


@dataclass(frozen=True)
class Corrected:
    at: datetime  # in the series' own time
    note: str


@dataclass(frozen=True)
class Notice:
    corrections: list[Corrected]  # the last first
    is_reviewed: bool


def notice_of(digest: Digest) -> Notice:
    found = []
    rows = sorted(digest.corrections or [], key=lambda row: row["pk"], reverse=True)  # type: ignore[attr-defined]  # annotated
    for row in rows:
        at = datetime.fromisoformat(row["at"])
        # SQLite keeps instants in UTC, and does not say so.
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        found.append(Corrected(digest.series.local(aware), row["note"]))
    return Notice(found, digest.series.shows_review and digest.was_reviewed)  # type: ignore[attr-defined]  # annotated
