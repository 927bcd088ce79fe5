"""The one statement of a search on PostgreSQL, over the rows and the GIN index of their tokens.

The index knows which rows have all tokens, but not in which order of time, and must fetch them to
tell. So there are two ways, and the statement goes one of them:

- A rare text: the index gives all hits, at most `COUNT_MAX` of them, and they are sorted.
- A frequent one, of which the index has given more than that: the rows are read from the newest
  on until the page is full, which is soon because hits are frequent.
"""

from digests.search.query import COUNT_MAX, HEAD_WEIGHT, RANKED_MAX, Query
from digests.search.statement import SQL, days, joined, sql
from digests.text.tokens import Phrase


def statement(query: Query) -> SQL:
    """(count, key, digest, revision, entry) for each hit of the page and one more; one row with
    the count alone when there is none."""
    first, end = query.keys
    return sql(
        # OFFSET 0 is a fence: what is asked outside it must not lead the planner another way.
        """
        WITH few AS MATERIALIZED (
            SELECT key, digest_id, revision_id, entry_id, {score} AS score
            FROM digests_search WHERE {in_index} LIMIT {count_max} + 1
        ),
        total AS MATERIALIZED (SELECT count(*) AS hits FROM few)
        SELECT hits, key, digest_id, revision_id, entry_id
        FROM total LEFT JOIN (
            SELECT * FROM (
                (
                    SELECT few.* FROM few
                    WHERE (SELECT hits FROM total) <= {count_max} AND key < {before}
                    ORDER BY key DESC LIMIT {most}
                ) UNION ALL (
                    SELECT key, digest_id, revision_id, entry_id, {score} AS score
                    FROM (
                        SELECT * FROM digests_search WHERE key >= {first} AND key < {end}
                        ORDER BY key DESC OFFSET 0
                    ) every
                    WHERE (SELECT hits FROM total) > {count_max} AND {in_texts}
                    LIMIT {most}
                )
            ) newest
            ORDER BY score DESC, key DESC LIMIT {size} OFFSET {skipped}
        ) page ON true
        ORDER BY score DESC, key DESC
        """,
        score=_relevance(query),
        in_index=joined(" AND ", _in_index(query)),
        in_texts=joined(" AND ", _in_texts(query)),
        count_max=COUNT_MAX,
        first=first,
        end=min(end, query.before),
        before=query.before,
        most=RANKED_MAX if query.is_ranked else query.size + 1,
        size=query.size + 1,
        skipped=query.skipped,
    )


def _in_index(query: Query) -> list[SQL]:
    """The conditions on a row, such that the index finds it.

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
    """The same conditions for a row at hand."""
    return [
        *(_stands(_as_text(phrase)) for phrase in query.phrases),
        *(sql("strpos(marks, {mark}) > 0", mark=f" {mark} ") for mark in query.marks),
        *days(query),
    ]


def _stands(text: str) -> SQL:
    return sql("(strpos(body, {text}) > 0 OR strpos(head, {text}) > 0)", text=text)


def _as_text(phrase: Phrase) -> str:
    """A phrase as it stands in a row's text."""
    return f" {' '.join(phrase.tokens)}{'' if phrase.is_open else ' '}"


def _relevance(query: Query) -> SQL:
    """How well a row fits, as BM25 has it, with more weight for its head.

    How rare a phrase is among all rows is left out: to count that would cost more than the rest.
    """
    if not query.is_ranked:
        return SQL("0")
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
