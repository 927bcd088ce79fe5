"""The desk's wording: times of day, its own page for what is not found, names as they are."""

from datetime import UTC, datetime

import pytest
from django.utils import translation
from django.utils.formats import date_format, time_format

from tests.factories import draft, person, story
from tests.screens import below, signed_in

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 11, 20, 20, 5, tzinfo=UTC)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_clock_has_24_hours(language: str) -> None:
    formats = ["DATETIME_FORMAT", "SHORT_DATETIME_FORMAT"]
    with translation.override(language):
        told = [time_format(EVENING), *(date_format(EVENING, name) for name in formats)]
    assert all("20:05" in text for text in told)


def test_what_is_not_in_the_admin_is_said_by_its_own_page() -> None:
    editor, stranger = signed_in(person()), signed_in(person(role=None))
    for address in ("/admin/nowhere/", "/admin/digests/digest/999/compose/"):
        answer = editor.get(address)
        assert answer.status_code == 404
        assert "desk-nav" in answer.text
        assert "desk-nav" not in stranger.get(address).text
    assert "desk-nav" not in editor.get("/nowhere/").text


def test_a_name_at_the_beginning_of_a_message_stays_as_it_is() -> None:
    demo = person(username="demo")
    first, second = story("甲"), story("乙")
    digest = draft(first, second, by=demo)
    client = signed_in(person())
    data = {"version": digest.version - 1}
    answer = client.post(below(digest, "step", "submit"), data, follow=True)
    assert ">demo added 乙 (2). Your change was not saved.<" in answer.text
