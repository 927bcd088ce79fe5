"""The readers run in a process without Django, and what they read crosses to another as JSON."""

import json
import subprocess
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pytest

from digests.ingest.feeds.parsed import FeedEntry, ParsedFeed, Problem
from digests.ingest.feeds.parsing import parse_feed
from digests.ingest.feeds.serial import from_json
from tests.embedded import ROOT
from tests.ingest.feeds.cases import CASES

IMPORT_ALL = """
import importlib, pkgutil, sys
import digests.ingest.feeds
for module in pkgutil.iter_modules(digests.ingest.feeds.__path__, "digests.ingest.feeds."):
    importlib.import_module(module.name)
print([name for name in sys.modules if name.partition(".")[0] in ("django", "celery")])
"""


def over_json(value: Any) -> Any:
    return json.loads(json.dumps(asdict(value), default=datetime.isoformat))


def test_no_reader_imports_django() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


@pytest.mark.parametrize("case", CASES[::10], ids=lambda case: case.name)
def test_a_feed_comes_back_from_json_as_it_was(case: Any) -> None:
    feed = parse_feed(case.body.encode(), {}, "https://a.example/")
    assert from_json(ParsedFeed, over_json(feed)) == feed


def test_a_problem_comes_back_from_json_as_one() -> None:
    feed = from_json(ParsedFeed, over_json(ParsedFeed(problem=Problem.HTML)))
    assert feed.problem is Problem.HTML


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": 5},
        {"entries": "x"},
        {"entries": [5]},
        {"problem": "none such"},
        {"ttl": "5"},
        {"entries": [over_json(FeedEntry("x")) | {"stated": "soon"}]},
    ],
)
def test_what_is_not_of_its_types_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        from_json(ParsedFeed, over_json(ParsedFeed()) | wrong)
    with pytest.raises((TypeError, ValueError, KeyError)):
        from_json(ParsedFeed, {})
