"""Well-formed feeds of every format are read right."""

import io
from calendar import timegm
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

from digests.ingest.feeds.parsed import ParsedFeed
from digests.ingest.feeds.parsing import parse_feed
from tests.ingest.feeds.cases import CASES, Case

URL = "https://a.example/feed.xml"
XML = [case for case in CASES if not case.body.startswith("{")]


def found(feed: ParsedFeed, name: str) -> Any:
    if name == "count":
        return len(feed.entries)
    if name.startswith("feed_"):
        return getattr(feed, name.removeprefix("feed_"))
    return getattr(feed.entries[0], name)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_well_formed_feed_is_read(case: Case) -> None:
    feed = parse_feed(case.body.encode(), {}, URL)
    assert feed.problem is None
    assert {name: found(feed, name) for name in case.expected} == case.expected


@pytest.mark.parametrize("case", XML, ids=lambda case: case.name)
def test_nothing_that_feedparser_reads_is_lost(case: Case) -> None:
    theirs = feedparser.parse(
        io.BytesIO(case.body.encode()), response_headers={"content-location": URL}
    )
    feed = parse_feed(case.body.encode(), {}, URL)
    assert len(feed.entries) == len(theirs.entries)
    for ours, entry in zip(feed.entries, theirs.entries, strict=True):
        assert bool(ours.title) == bool(entry.get("title"))
        assert bool(ours.author) == bool(entry.get("author"))
        assert len(ours.categories) == len({tag.term for tag in entry.get("tags", [])})
        parts = entry.get("published_parsed")
        if parts and parts[0] >= 1990:
            assert ours.stated == datetime.fromtimestamp(timegm(parts), UTC)


def test_there_are_as_many_cases_as_feedparser_has_kinds_of() -> None:
    assert len(CASES) >= 120
    assert len({case.name for case in CASES}) == len(CASES)
