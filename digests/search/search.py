"""Running a search, on whichever database is in use."""

from django.db import connection

from digests.models.cursor import cut
from digests.search import postgresql, sqlite
from digests.search.query import COUNT_MAX, RANKED_MAX, Hit, Hits, Query

_STATEMENTS = {"sqlite": sqlite.statement, "postgresql": postgresql.statement}


def search(query: Query) -> Hits:
    """Search for a page of hits. Costs one query, or none if the query cannot match anything."""
    if query.is_unsearchable:
        return Hits()
    sql = _STATEMENTS[connection.vendor](query)
    with connection.cursor() as cursor:
        cursor.execute(sql.text, sql.parameters)
        answer = cursor.fetchall()
    rows = [Hit(*row) for _, *row in answer if row[0] is not None]
    shown, last = cut(rows, query.size)
    count = answer[0][0]
    return Hits(
        rows=tuple(shown),
        count=min(count, COUNT_MAX),
        is_capped=count > COUNT_MAX,
        next=None if last is None else _next(query, last),
    )


def _next(query: Query, last: Hit) -> int | None:
    if not query.is_ranked:
        return last.key
    shown = query.skipped + query.size
    return shown if shown < RANKED_MAX else None
