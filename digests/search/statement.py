"""Pieces of SQL that both databases understand, each with its parameters."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter

from digests.search.query import Query
from digests.text.tokens import Phrase

type Parameter = str | int | float


@dataclass(frozen=True)
class SQL:
    text: str
    parameters: tuple[Parameter, ...] = ()


def sql(template: str, **given: "SQL | Parameter") -> SQL:
    """A statement with each `{name}` filled: by a piece of SQL, or by a value as a parameter.

    So no value ever stands in the text of a statement.
    """
    text = ""
    parameters: tuple[Parameter, ...] = ()
    for literal, name, _, _ in Formatter().parse(template):
        text += literal
        if name:
            value = given[name]
            piece = value if isinstance(value, SQL) else SQL("%s", (value,))
            text += piece.text
            parameters += piece.parameters
    return SQL(text, parameters)


def joined(separator: str, pieces: Iterable[SQL]) -> SQL:
    pieces = list(pieces)
    parameters = tuple(parameter for piece in pieces for parameter in piece.parameters)
    return SQL(separator.join(piece.text for piece in pieces), parameters)


def days(query: Query) -> list[SQL]:
    """The conditions on the day; the keys only come near it."""
    found = []
    if query.since:
        found.append(sql("day >= {day}", day=query.since.isoformat()))
    if query.until:
        found.append(sql("day <= {day}", day=query.until.isoformat()))
    return found


def as_text(phrase: Phrase) -> str:
    """A phrase as it stands in a row's text."""
    return f" {' '.join(phrase.tokens)}{'' if phrase.is_open else ' '}"


# The usual constants of BM25. How rare a phrase is makes no difference, for every hit has them all;
# to count that would cost more than all the rest.
_SATURATION, _LENGTH_WEIGHT = 1.2, 0.75
_HEAD_WEIGHT = 6
_USUAL_LENGTH = 700  # of a body's tokens, in characters


def relevance(query: Query) -> SQL:
    """How well a row of `digests_search` fits, as BM25 has it, with more weight for its head."""
    if query.order == "newest" or not query.phrases:
        return SQL("0")
    return joined(" + ", (_fitness(as_text(phrase)) for phrase in query.phrases))


def _fitness(phrase: str) -> SQL:
    times = sql(
        "(CAST({head_weight} * (length(head) - length(replace(head, {phrase}, '')))"
        " + length(body) - length(replace(body, {phrase}, '')) AS REAL) / {length})",
        head_weight=SQL(str(_HEAD_WEIGHT)),
        phrase=phrase,
        length=SQL(str(len(phrase))),
    )
    return sql(
        "{times} / ({times} + {base} + {norm} * length(body))",
        times=times,
        base=SQL(str(_SATURATION * (1 - _LENGTH_WEIGHT))),
        norm=SQL(f"{_SATURATION * _LENGTH_WEIGHT / _USUAL_LENGTH:.6f}"),
    )
