"""The one statement of a search on SQLite, over the FTS5 table of the rows.

Its rows are numbered by key, so that the newest come without sorting, however many there are.
"""

from digests.search.query import COUNT_MAX, RANKED_MAX, Query
from digests.search.statement import SQL, days, joined, relevance, sql
from digests.text.tokens import Phrase


def statement(query: Query) -> SQL:
    """(count, key, digest, revision, entry) for each hit of the page and one more; one row with
    the count alone when there is none."""
    first, end = query.keys
    if query.order == "relevance":
        newest = _newest(query, first, end, RANKED_MAX)
        page = SQL("newest")
    else:
        newest = _newest(query, first, end, COUNT_MAX + 1)
        page = sql("({page})", page=_newest(query, first, min(end, query.before), query.size + 1))
    return sql(
        """
        WITH newest AS MATERIALIZED ({newest})
        SELECT hits, key, digest_id, revision_id, entry_id
        FROM (SELECT count(*) AS hits FROM (SELECT 1 FROM newest LIMIT {count_max}))
        LEFT JOIN (
            SELECT key, digest_id, revision_id, entry_id, {score} AS score
            FROM {page} JOIN digests_search USING (key)
            ORDER BY score DESC, key DESC LIMIT {size} OFFSET {skipped}
        ) ON 1
        ORDER BY score DESC, key DESC
        """,
        newest=newest,
        count_max=COUNT_MAX + 1,
        score=relevance(query),
        page=page,
        size=query.size + 1,
        skipped=query.skipped,
    )


def _newest(query: Query, first: int, end: int, most: int) -> SQL:
    """The keys of the newest hits from `first` and before `end`."""
    near = sql(
        "digests_search_words MATCH {match} AND rowid >= {first} AND rowid < {end}",
        match=_match(query),
        first=first,
        end=end,
    )
    exists = "EXISTS (SELECT 1 FROM digests_search WHERE key = words.rowid AND {day})"
    return sql(
        "SELECT rowid AS key FROM digests_search_words words WHERE {conditions}"
        " ORDER BY rowid DESC LIMIT {most}",
        conditions=joined(" AND ", [near, *(sql(exists, day=day) for day in days(query))]),
        most=most,
    )


def _match(query: Query) -> str:
    """In the language of FTS5, where what stands in quotes is a phrase and never an operator.

    Tokens hold letters and digits alone: no quote.
    """
    return " AND ".join(
        [f"{{head body}} : {_quoted(phrase)}" for phrase in query.phrases]
        + [f'marks : "{mark}"' for mark in query.marks]
    )


def _quoted(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.tokens)}"{" *" if phrase.is_open else ""}'
