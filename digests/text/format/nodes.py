"""The nodes of the file format: a digest, its sections and its entries, and the format's error."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self


@dataclass(frozen=True, slots=True)
class Entry:
    """One item: a one-line headline and byline, an address or "", and a Markdown body."""

    headline: str
    byline: str = ""
    url: str = ""
    body: str = ""

    @classmethod
    def of(cls, row: object) -> Self:
        """The entry with the four attributes of a row, a form or a message."""
        return cls(*(getattr(row, name) for name in ENTRY_FIELDS))


ENTRY_FIELDS = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a one-line heading; the first section of a digest may have none ("")."""

    heading: str = ""
    intro: str = ""
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestDocument:
    """A whole digest. `date` is aware; `extra` holds further front matter keys in order."""

    title: str
    date: datetime
    categories: tuple[str, ...] = ()
    intro: str = ""
    sections: tuple[Section, ...] = ()
    outro: str = ""
    extra: tuple[tuple[str, str | bool], ...] = ()

    @property
    def entries(self) -> list[Entry]:
        """The entries of all sections, in order."""
        return [entry for section in self.sections for entry in section.entries]


class FormatError(ValueError):
    """The document cannot be written as a file, or the file is not in the format.

    `line` counts from 1: in the file when parsing, in the item's body or the text when dumping.
    `item` counts from 1 over the whole digest. `message` is a template for `params`; `reason` is
    the sentence they make.
    """

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        item: int | None = None,
        **params: str | int,
    ) -> None:
        self.message = message
        self.params = params
        self.reason = message % params
        self.line = line
        self.item = item
        places = [("line", line), ("item", item)]
        where = ", ".join(f"{name} {number}" for name, number in places if number is not None)
        super().__init__(f"{where}: {self.reason}" if where else self.reason)
