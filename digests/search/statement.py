"""Pieces of SQL for both databases, each with its parameters."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import Formatter

from digests.search.query import Query

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
    """The exact conditions on the day, which the range of keys only approximates."""
    found = []
    if query.since:
        found.append(sql("day >= {day}", day=query.since.isoformat()))
    if query.until:
        found.append(sql("day <= {day}", day=query.until.isoformat()))
    return found
