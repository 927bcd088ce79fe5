"""docs/api.md: each of its examples is requested, and has the shape of the real answer."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import Settings

from digests.accounts.roles import REVIEWER
from digests.editorial import compose, lifecycle
from digests.models import Item, Series, Slot
from newsroom.api import api
from tests.embedded import ROOT
from tests.factories import PAST, approve, person, published, series, source, story

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
EXAMPLE = re.compile(r"```sh\ncurl '([^']+)'\n```\n\n```json\n(.+?)\n```", re.DOTALL)
EXAMPLES = EXAMPLE.findall((ROOT / "docs/api.md").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def item(module_transaction: None) -> Item:
    """The story that the examples tell of; the site holds what they ask for."""
    series(name="全球AI速览", shows_review=True)
    item = story("大模型又快了一倍", url="https://example.org/faster", source=source())
    title = "过去4小时全球AI发生了什么？"
    digest = published(item, title=title, categories=("AI",))
    by = person(REVIEWER)
    digest = lifecycle.correct(digest, by=by, version=digest.version)
    digest = compose.place(digest, story("另一条"), by=by, version=digest.version)
    approve(lifecycle.submit(digest, by=by, version=digest.version))
    published(title=title, categories=("速览",), date=PAST + timedelta(hours=4))
    Series.objects.update(tells_next=True)
    for due, of_slot in ((PAST - timedelta(hours=4), None), (PAST, digest)):
        window_begins = due - timedelta(hours=4)
        Slot.objects.create(
            series=digest.series, due_at=due, window_begins=window_begins, digest=of_slot
        )
    return item


def shape(value: object) -> object:
    """The value with only its keys and types; a list is the shape of its first member."""
    if isinstance(value, dict):
        return {key: shape(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shape(member) for member in value[:1]]
    return type(value).__name__


@pytest.mark.parametrize(("address", "answer"), EXAMPLES, ids=[given for given, _ in EXAMPLES])
def test_an_example_is_what_is_answered(
    client: Client, settings: Settings, item: Item, address: str, answer: str
) -> None:
    settings.SITE_URL = SITE
    asked = address.replace("/128/", f"/{item.pk}/")
    assert asked.startswith(f"{SITE}/api/v1/")
    given = client.get(asked.removeprefix(SITE))
    assert given.status_code == 200
    assert shape(given.json()) == shape(json.loads(answer))


def test_every_operation_has_an_example() -> None:
    asked = [address.removeprefix(SITE).partition("?")[0] for address, _ in EXAMPLES]
    patterns = [re.sub(r"\{\w+\}", "[^/]+", path) for path in api.get_openapi_schema()["paths"]]
    assert len(patterns) == len(asked) > 0
    for pattern in patterns:
        assert any(re.fullmatch(pattern, address) for address in asked), pattern
