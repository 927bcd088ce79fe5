"""The single statement of a search on PostgreSQL, over the rows and the GIN index of their tokens.

The index knows which rows have all tokens, but neither their order in time nor, before it has
collected all of them, their number. So a few thousand of the newest rows are read first.

Newest first, these rows are enough for the page of a frequent text, and often for its count.
Otherwise the index is read for as many hits as are counted; and for all, to sort them, only where
there are more and yet too few among the newest.

Best first, these rows show how frequent the text is, and so how far back one must go for the newest
hits that are ranked. The index is read for the rows so far back; and for all where those hold too
few hits, or the text is too rare to estimate. So what is found never depends on the estimate.
"""

from digests.search.query import COUNT_MAX, HEAD_WEIGHT, HIGHEST, RANKED_MAX, Query
from digests.search.statement import SQL, days, joined, sql
from digests.text.index.tokens import Phrase

NEWEST_ROWS = 4_000
"""How many rows are read before the index is asked, newest first: a hundredth of a second."""

SAMPLE_ROWS, SAMPLE_MIN = 2_000, 20
"""How many rows are read to estimate how frequent a text is, and the hits needed among them."""

_MARGIN = 1.25  # how much further back than the sample says, because older rows differ


def statement(query: Query) -> SQL:
    """The statement for a query. Its rows are (count, key, digest, revision, entry) for each hit of
    the page and one more; without hits, one row with the count alone."""
    return _best_first(query) if query.is_ranked else _newest_first(query)


def _newest_first(query: Query) -> SQL:
    most = query.size + 1
    is_further_page = query.before < HIGHEST
    return sql(
        # `hits` is read no further than needed, but planned as if it were read to its end, so that
        # no plan hopes to come across enough of them soon.
        """
        WITH near AS MATERIALIZED ({near}),
        hits AS MATERIALIZED (SELECT key FROM digests_search WHERE {in_index}),
        few AS MATERIALIZED (
            SELECT key FROM hits WHERE (SELECT count(*) FROM near) <= {count_max}
            LIMIT {count_max} + 1
        ),
        total AS MATERIALIZED (
            SELECT greatest((SELECT count(*) FROM near), (SELECT count(*) FROM few)) AS count
        ),
        near_page AS MATERIALIZED ({near_page}),
        way AS MATERIALIZED (
            SELECT CASE
                WHEN (SELECT count FROM total) <= {count_max} THEN 'few'
                WHEN (SELECT count(*) FROM near_page) = {most} THEN 'near'
                ELSE 'all'
            END AS way
        ),
        page AS (
            (
                SELECT key FROM few WHERE (SELECT way FROM way) = 'few' AND key < {before}
                ORDER BY key DESC LIMIT {most}
            ) UNION ALL (
                SELECT key FROM near_page WHERE (SELECT way FROM way) = 'near'
            ) UNION ALL (
                SELECT key FROM hits WHERE (SELECT way FROM way) = 'all' AND key < {before}
                ORDER BY key DESC LIMIT {most}
            )
        )
        SELECT total.count, key, digest_id, revision_id, entry_id
        FROM total LEFT JOIN (page JOIN digests_search USING (key)) ON true
        ORDER BY key DESC
        """,
        near=_near(query, HIGHEST, NEWEST_ROWS, COUNT_MAX + 1),
        near_page=_near(query, query.before, NEWEST_ROWS, most)
        if is_further_page
        else sql("SELECT key FROM near LIMIT {most}", most=most),
        in_index=joined(" AND ", _in_index(query)),
        count_max=COUNT_MAX,
        before=query.before,
        most=most,
    )


def _best_first(query: Query) -> SQL:
    first, end = query.keys
    return sql(
        # `near` and `hits` are planned as if they were read to their end, too.
        """
        WITH sample AS MATERIALIZED ({sample}),
        bound AS MATERIALIZED (
            SELECT key FROM digests_search
            WHERE key >= {first} AND key < {end}
                AND (SELECT count(*) FROM sample) >= {sample_min}
            ORDER BY key DESC
            OFFSET (SELECT {rows_for_one} / greatest(count(*), 1) FROM sample) LIMIT 1
        ),
        near AS MATERIALIZED (
            SELECT key FROM digests_search
            WHERE {in_index} AND key >= (SELECT key FROM bound)
        ),
        hits AS MATERIALIZED (SELECT key FROM digests_search WHERE {in_index}),
        newest AS MATERIALIZED (
            (
                SELECT key FROM near ORDER BY key DESC LIMIT {most}
            ) UNION ALL (
                SELECT key FROM hits WHERE key < coalesce((SELECT key FROM bound), {highest})
                ORDER BY key DESC LIMIT greatest({most} - (SELECT count(*) FROM near), 0)
            )
        )
        SELECT count, key, digest_id, revision_id, entry_id
        FROM (SELECT count(*) FROM newest) total LEFT JOIN (
            SELECT key, digest_id, revision_id, entry_id, {score} AS score
            FROM newest JOIN digests_search USING (key)
            ORDER BY score DESC, key DESC LIMIT {size} OFFSET {skipped}
        ) page ON true
        ORDER BY score DESC, key DESC
        """,
        sample=_near(query, HIGHEST, SAMPLE_ROWS, SAMPLE_ROWS),
        sample_min=SAMPLE_MIN,
        first=first,
        end=end,
        # The number of rows to go back if the sample has one hit.
        rows_for_one=int(RANKED_MAX * SAMPLE_ROWS * _MARGIN),
        in_index=joined(" AND ", _in_index(query)),
        highest=HIGHEST,
        most=RANKED_MAX,
        score=_relevance(query),
        size=query.size + 1,
        skipped=query.skipped,
    )


def _near(query: Query, before: int, rows: int, most: int) -> SQL:
    """The keys of the hits among a number of the newest rows that are older than a key."""
    first, end = query.keys
    return sql(
        # The inner LIMIT is a fence as well: the conditions are evaluated for these rows alone.
        """
        SELECT key FROM (
            SELECT * FROM digests_search WHERE key >= {first} AND key < {end}
            ORDER BY key DESC LIMIT {rows}
        ) newest_rows
        WHERE {in_texts} LIMIT {most}
        """,
        first=first,
        end=min(end, before),
        rows=rows,
        in_texts=joined(" AND ", _in_texts(query)),
        most=most,
    )


def _in_index(query: Query) -> list[SQL]:
    """The conditions on a row, in a form that uses the index.

    Tokens hold letters and digits alone, so that in quotes none is an operator of tsquery.
    """
    wanted = {f"'{mark}'" for mark in query.marks}
    for phrase in query.phrases:
        *whole, last = (f"'{token}'" for token in phrase.tokens)
        wanted |= {*whole, f"{last}:*" if phrase.is_open else last}
    first, end = query.keys
    return [
        sql("vector @@ {tokens}::tsquery", tokens=" & ".join(sorted(wanted))),
        *([sql("key >= {first}", first=first)] if query.since else []),
        *([sql("key < {end}", end=end)] if query.until else []),
        *days(query),
        *(_stands(_as_text(phrase)) for phrase in query.phrases if len(phrase.tokens) > 1),
    ]


def _in_texts(query: Query) -> list[SQL]:
    """The same conditions, evaluated on the texts of a row without the index."""
    return [
        *(_stands(_as_text(phrase)) for phrase in query.phrases),
        *(sql("strpos(marks, {mark}) > 0", mark=f" {mark} ") for mark in query.marks),
        *days(query),
    ]


def _stands(text: str) -> SQL:
    return sql("(strpos(body, {text}) > 0 OR strpos(head, {text}) > 0)", text=text)


def _as_text(phrase: Phrase) -> str:
    """A phrase in the form in which a row's text holds it."""
    return f" {' '.join(phrase.tokens)}{'' if phrase.is_open else ' '}"


def _relevance(query: Query) -> SQL:
    """The relevance of a row, after BM25, with more weight for its head.

    How rare a phrase is among all rows is left out: counting that would cost more than the rest.
    """
    return joined(" + ", (_fitness(_as_text(phrase)) for phrase in query.phrases))


# The usual constants of BM25.
_SATURATION, _LENGTH_WEIGHT = 1.2, 0.75
_USUAL_LENGTH = 2_000  # of a body's tokens, in bytes


def _fitness(phrase: str) -> SQL:
    times = sql(
        "(({head_weight} * (octet_length(head) - octet_length(replace(head, {phrase}, '')))"
        " + octet_length(body) - octet_length(replace(body, {phrase}, '')))::real / {length})",
        head_weight=HEAD_WEIGHT,
        phrase=phrase,
        length=len(phrase.encode()),
    )
    return sql(
        "{times} / ({times} + {least} + {more} * octet_length(body))",
        times=times,
        least=_SATURATION * (1 - _LENGTH_WEIGHT),
        more=_SATURATION * _LENGTH_WEIGHT / _USUAL_LENGTH,
    )
