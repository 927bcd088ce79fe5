"""A story that ran before is known by its link or its headline."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from digests.accounts.roles import REVIEWER
from digests.editorial import lifecycle
from digests.models import Digest, Entry, Item
from tests.factories import PAST, draft, person, published, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def digests_of(item: Item, **options: Any) -> list[Digest]:
    runs = Entry.objects.earlier_runs([item], **options).get(item.pk, [])
    return [entry.revision.live_digest for entry in runs]


def test_the_same_link_and_the_same_headline_in_other_clothes_are_found() -> None:
    first = story("推理模型：为什么会变笨？", url="https://example.org/a?utm_source=x")
    ran = published(first)
    again = story("另一个标题", url="https://www.example.org/a", repeat_of=first)
    retitled = story("推理模型 为什么会变笨", url="https://example.org/b")
    other = story("推理模型为什么会变聪明", url="https://example.org/c")
    assert digests_of(again) == digests_of(retitled) == [ran]
    assert digests_of(other) == []


def test_what_is_not_public_has_not_run() -> None:
    item = story("标题")
    draft(item)
    gone = published(item)
    lifecycle.withdraw(gone, by=person(REVIEWER), version=gone.version, note="撤稿")
    assert digests_of(story("标题")) == []


def test_the_newest_comes_first_and_the_window_and_the_digest_itself_are_left_out() -> None:
    item = story("标题")
    old = published(item, date=PAST - timedelta(days=8))
    new = published(item, date=PAST)
    assert digests_of(item) == [new, old]
    assert digests_of(item, since=PAST - timedelta(days=7)) == [new]
    assert digests_of(item, beside=new) == [old]


def test_many_items_cost_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    items = [story() for _ in range(5)]
    published(*items)
    with django_assert_num_queries(1):
        found = Entry.objects.earlier_runs(items)
        assert {entry.revision.live_digest.title for runs in found.values() for entry in runs}
    with django_assert_num_queries(0):
        assert Entry.objects.earlier_runs([]) == {}
