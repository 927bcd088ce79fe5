"""The site's edition, and the authority of feed ids, which the first publication fixes."""

import pytest
from django.test import Client
from pytest_django import Settings

from digests.models import Site, TagAuthority
from tests.factories import published

pytestmark = pytest.mark.django_db


def test_a_feed_of_an_empty_site_fixes_no_authority(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "http://localhost:8000"
    assert "tag:localhost," in client.get("/feed.atom").text
    assert not TagAuthority.objects.exists()
    settings.SITE_URL = "https://news.example.org"
    published()
    assert TagAuthority.objects.get().host == "news.example.org"
    settings.SITE_URL = "https://elsewhere.example.org"
    published()
    assert TagAuthority.objects.load().host == "news.example.org"


def test_no_edition_is_published_of_a_site_that_is_missing() -> None:
    Site.objects.all().delete()
    with pytest.raises(Site.DoesNotExist):
        Site.objects.publish_edition()
