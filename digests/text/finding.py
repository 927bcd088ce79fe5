"""Findings: what a check remarks on in a text, in one form for forms, approval, API and import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


def N_(message: str) -> str:
    """Mark a template for the translators' catalogue; callers translate it."""
    return message


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark. An error keeps the text out of the file; a warning is for the editor to judge.

    `item` (over the whole digest), `section` and `line` (in the field's text) count from 1.
    `message` is an English template with named places, so that a caller can translate it.
    `span` (start, end) counts the code points of the field as it was written; `fix` is what to put
    in its place, given only where nothing but what is remarked on would change.
    """

    severity: Literal["error", "warning"]
    code: str
    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    field: str = ""
    item: int | None = None
    section: int | None = None
    line: int | None = None
    span: tuple[int, int] | None = None
    fix: str | None = None

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    @property
    def sentence(self) -> str:
        return self.message % self.params
