"""Readers are told of a review when somebody other than the submitter approved."""

import pytest

from digests.accounts.roles import REVIEWER
from digests.editorial import lifecycle
from digests.models import Digest, LiveDigest, Series
from digests.models.reader_notes import reader_notes
from tests.factories import approve, draft, person, story

pytestmark = pytest.mark.django_db


def is_reviewed(digest: Digest) -> bool:
    Series.objects.update(shows_review=True)
    return reader_notes(LiveDigest.objects.get(pk=digest.pk)).is_reviewed


@pytest.mark.parametrize("own", [True, False])
def test_the_submitter_is_who_submitted_last_and_not_who_froze_the_text_first(own: bool) -> None:
    first, second = person(REVIEWER), person(REVIEWER)
    digest = draft(story())
    digest = lifecycle.submit(digest, by=first, version=digest.version)
    digest = lifecycle.send_back(digest, by=second, version=digest.version, note="再看看")
    digest = lifecycle.submit(digest, by=second, version=digest.version)
    digest = approve(digest, by=second if own else first)
    assert digest.revisions.get().created_by == first
    assert is_reviewed(digest) is not own
    # A later submission is about another approval.
    digest = lifecycle.correct(digest, by=first, version=digest.version)
    lifecycle.submit(digest, by=first if own else second, version=digest.version)
    assert is_reviewed(digest) is not own
