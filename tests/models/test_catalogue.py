"""Sources: what readers are given as the address of one."""

import pytest
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.test import Client

from digests.models import Source
from tests.factories import published, source, story

pytestmark = pytest.mark.django_db


def test_the_address_of_a_source_is_written_as_that_of_a_story() -> None:
    row = source(url="HTTPS://Example.ORG/a?q=<甲>")
    row.full_clean()
    assert row.url == row.link == "https://example.org/a?q=%3C%E7%94%B2%3E"
    assert source("Nowhere", url="").link == ""


@pytest.mark.parametrize("url", ["ftp://example.org/", "https://me:secret@example.org/"])
def test_an_address_that_no_story_may_have_is_refused(url: str) -> None:
    row = source()
    row.url = url
    with pytest.raises(ValidationError) as refusal:
        row.full_clean()
    assert set(refusal.value.message_dict) == {"url"}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://example.org/", "//example.org"])
def test_an_address_that_was_stored_by_other_ways_is_shown_to_nobody(
    client: Client, url: str
) -> None:
    used = source("Mira", url="https://example.org/")
    published(story(source=used))
    QuerySet(Source).filter(pk=used.pk).update(url=url)
    page = client.get("/sources/").text
    assert "Mira" in page
    assert url not in page
    assert client.get("/api/v1/sources/").json()["sources"][0]["link"] == ""
