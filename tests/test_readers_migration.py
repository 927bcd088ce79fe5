"""What the migration to the reader's site makes of the digests that were there before it."""

import importlib
from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps
from django.db.models import QuerySet

from digests import editorial
from digests.models import Correction, Digest, Entry, Site
from digests.roles import REVIEWER
from tests.exported import corrected
from tests.factories import PAST, approve, person, published, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

migration = importlib.import_module("digests.migrations.0005_readers")


@pytest.fixture
def old_apps() -> StateApps:
    """The models as migrations know them, which nothing forbids to write."""
    loader = MigrationExecutor(connection).loader
    return loader.project_state(("digests", "0005_readers")).apps


def test_what_is_live_gets_the_date_of_its_revision(old_apps: StateApps) -> None:
    digest = published()
    dated = digest.live_date, digest.live_day
    late = PAST + timedelta(days=9)
    QuerySet(Digest).update(live_date=late, live_day=late.date())
    Site.objects.all().delete()
    migration.date_what_is_live(old_apps, None)
    digest.refresh_from_db()
    assert (digest.live_date, digest.live_day) == dated
    assert Site.objects.edition()


def test_stories_are_numbered_by_what_they_repeat(old_apps: StateApps) -> None:
    first = story("甲")
    published(first)
    again = story("乙", url=first.url, repeat_of=first)
    published(again, date=PAST + timedelta(hours=1))
    QuerySet(Entry).update(story=0)
    migration.number_stories(old_apps, None)
    assert {entry.story for entry in Entry.objects.all()} == {first.pk}


def test_only_another_text_that_was_published_is_a_correction_and_without_its_inner_note(
    old_apps: StateApps,
) -> None:
    digest = corrected(published(), "改过。")
    other = published(date=PAST + timedelta(hours=1))
    for verb in ("withdraw", "reopen_digest", "submit"):
        note = {"note": "撤"} if verb == "withdraw" else {}
        other = getattr(editorial, verb)(
            other, by=person(REVIEWER), version=Digest.objects.get(pk=other.pk).version, **note
        )
    approve(other)
    known = Correction.objects.get()
    QuerySet(Correction)._raw_delete("default")
    migration.tell_of_corrections(old_apps, None)
    made = Correction.objects.get()
    assert made.revision == known.revision == digest.live_revision
    assert made.note == ""
    assert abs(made.at - known.at) < timedelta(minutes=1)
