"""A document as JSON, the form in which a revision stores it permanently."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from digests.text.format import DigestDocument, Entry, Section

SCHEMA = 1


def to_json(document: DigestDocument, language: str) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "title": document.title,
        "date": document.date.isoformat(),
        "language": language,
        "categories": list(document.categories),
        "intro": document.intro,
        "sections": [
            {
                "heading": section.heading,
                "intro": section.intro,
                "entries": [asdict(entry) for entry in section.entries],
            }
            for section in document.sections
        ],
        "outro": document.outro,
        "extra": [list(pair) for pair in document.extra],
    }


def from_json(data: dict[str, Any]) -> DigestDocument:
    """The inverse of `to_json`; ValueError for a schema this code does not know."""
    if data["schema"] != SCHEMA:
        raise ValueError(f"A document of schema {data['schema']} is newer than this code.")
    return DigestDocument(
        title=data["title"],
        date=datetime.fromisoformat(data["date"]),
        categories=tuple(data["categories"]),
        intro=data["intro"],
        sections=tuple(
            Section(
                section["heading"],
                section["intro"],
                tuple(Entry(**entry) for entry in section["entries"]),
            )
            for section in data["sections"]
        ),
        outro=data["outro"],
        extra=tuple((key, value) for key, value in data["extra"]),
    )


def fingerprint(
    document: DigestDocument, language: str, items: Sequence[tuple[int, str, int | None]]
) -> str:
    """SHA-256 (hex) of a document and of its items in order: each one's number, language, source.

    Two working copies with the same fingerprint would be published alike.
    """
    shown = [to_json(document, language), list(items)]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()
