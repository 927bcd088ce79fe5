"""The single statement of a search on SQLite, over the FTS5 table of the rows.

Its rows are numbered by key, so that the newest come without sorting, however many there are.
"""

from digests.search.query import COUNT_MAX, HEAD_WEIGHT, HIGHEST, RANKED_MAX, Query
from digests.search.statement import SQL, days, joined, sql
from digests.text.index.tokens import Phrase


def statement(query: Query) -> SQL:
    """The statement for a query. Its rows are (count, key, digest, revision, entry) for each hit of
    the page and one more; without hits, one row with the count alone."""
    if query.is_ranked:
        newest, page = _newest(query, HIGHEST, RANKED_MAX), SQL("newest")
    else:
        newest = _newest(query, HIGHEST, COUNT_MAX + 1)
        page = sql("({page})", page=_newest(query, query.before, query.size + 1))
    return sql(
        """
        WITH newest AS MATERIALIZED ({newest})
        SELECT hits, key, digest_id, revision_id, entry_id
        FROM (SELECT count(*) AS hits FROM (SELECT 1 FROM newest LIMIT {count_max} + 1))
        LEFT JOIN (
            SELECT * FROM {page} ORDER BY score, key DESC LIMIT {size} OFFSET {skipped}
        ) ON true
        LEFT JOIN digests_search USING (key)
        ORDER BY score, key DESC
        """,
        newest=newest,
        count_max=COUNT_MAX,
        page=page,
        size=query.size + 1,
        skipped=query.skipped,
    )


def _newest(query: Query, before: int, most: int) -> SQL:
    """(key, score) of the newest hits that are older than a key; a lower score is a better fit."""
    first, end = query.keys
    score = f"bm25(digests_search_words, 0, {HEAD_WEIGHT}, 1)"
    near = sql(
        "digests_search_words MATCH {match} AND rowid >= {first} AND rowid < {end}",
        match=_match(query),
        first=first,
        end=min(end, before),
    )
    exists = "EXISTS (SELECT 1 FROM digests_search WHERE key = words.rowid AND {day})"
    return sql(
        "SELECT rowid AS key, {score} AS score FROM digests_search_words words WHERE {conditions}"
        " ORDER BY rowid DESC LIMIT {most}",
        score=SQL(score if query.is_ranked else "0"),
        conditions=joined(" AND ", [near, *(sql(exists, day=day) for day in days(query))]),
        most=most,
    )


def _match(query: Query) -> str:
    """The query in the syntax of FTS5, where a quoted phrase is never an operator.

    Tokens hold letters and digits alone: no quote.
    """
    return " AND ".join(
        [f"{{head body}} : {_quoted(phrase)}" for phrase in query.phrases]
        + [f'marks : "{mark}"' for mark in query.marks]
    )


def _quoted(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.tokens)}"{" *" if phrase.is_open else ""}'
