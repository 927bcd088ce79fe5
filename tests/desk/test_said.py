"""The notes that editors and reviewers give with a step stand where the other one works."""

import pytest

from digests.accounts.roles import REVIEWER
from digests.editorial import lifecycle
from digests.models import Digest, User
from tests.factories import approve, draft, person, story
from tests.screens import below, signed_in

pytestmark = pytest.mark.django_db

NOTE = "第三条请再看"
REASON = "标题太长"


@pytest.fixture
def rita() -> User:
    return person(REVIEWER, username="rita", first_name="Rita")


def submitted(by: User, digest: Digest | None = None, note: str = NOTE) -> Digest:
    digest = digest or draft(story(), by=by)
    return lifecycle.submit(digest, by=by, version=digest.version, note=note)


def sent_back(digest: Digest, by: User) -> Digest:
    return lifecycle.send_back(digest, by=by, version=digest.version, note=REASON)


def page(address: str, by: User) -> str:
    return signed_in(by).get(address).text


def test_the_note_of_a_submission_is_read_by_who_approves(ann: User, rita: User) -> None:
    digest = submitted(ann)
    assert NOTE in page("/admin/", rita)
    assert NOTE in page(below(digest, "approve"), rita)


def test_only_the_note_of_the_last_submission_waits_on_today(ann: User, rita: User) -> None:
    digest = sent_back(submitted(ann), rita)
    submitted(ann, digest, note="改好了")
    assert NOTE not in page("/admin/", rita)
    assert "改好了" in page("/admin/", rita)


def test_why_it_was_sent_back_is_read_where_it_is_mended_and_judged_again(
    ann: User, rita: User
) -> None:
    digest = sent_back(submitted(ann), rita)
    assert REASON in page(below(digest, "compose"), ann)
    assert NOTE not in page(below(digest, "compose"), ann)
    digest = submitted(ann, digest, note="改好了")
    again = page(below(digest, "approve"), rita)
    assert again.index(REASON) < again.index("改好了")


def test_what_was_said_of_an_earlier_text_is_not_said_of_its_correction(
    ann: User, rita: User
) -> None:
    digest = sent_back(submitted(ann), rita)
    digest = approve(submitted(ann, digest), by=rita, note="好")
    digest = lifecycle.correct(digest, by=rita, version=digest.version)
    assert 'class="note said"' not in page(below(digest, "compose"), ann)
    digest = submitted(ann, digest, note="更正")
    said = page(below(digest, "approve"), rita)
    assert "更正" in said
    assert REASON not in said
