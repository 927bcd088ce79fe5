"""Functions that tests have called in a child process."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Story:
    title: str
    published: datetime


def describe(body: bytes, *args: Any) -> dict[str, Any]:
    """What a function is given, and what JSON has no form for."""
    story = Story("标题 \ud800\x00", datetime(2026, 11, 30, tzinfo=UTC))
    return {"size": len(body), "args": args, "story": story}
