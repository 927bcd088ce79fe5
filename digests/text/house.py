"""The house style of a series."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class HouseStyle:
    bylines: frozenset[str] = frozenset()
    hosts: tuple[str, ...] = ()
    headline_max: int | None = None
    body_min: int | None = None
    body_max: int | None = None
    bold_max: int | None = None
    spacing: Literal["", "spaced", "unspaced"] = ""
