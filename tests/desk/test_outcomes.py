"""After a step, the next page says in a sentence what came of it, and what happens now."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from digests.accounts.roles import EDITOR, REVIEWER
from digests.desk.outcomes import DIGEST_OUTCOMES, ITEM_OUTCOMES
from digests.editorial import compose, lifecycle
from digests.models import Digest, Item, User
from digests.models.transitions import DIGEST_TRANSITIONS, ITEM_TRANSITIONS
from tests.factories import draft, in_review, move, person, published, shown, story
from tests.screens import below, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann() -> User:
    return person(EDITOR, username="ann", first_name="Ann")


@pytest.fixture
def rita() -> User:
    return person(REVIEWER, username="rita", first_name="Rita")


def after(step: str, digest: Digest, by: User, **sent: str) -> str:
    """The message of the page after a step, as HTML."""
    fields = {"version": str(digest.version), **sent}
    address = below(digest, "approve") if step == "approve" else below(digest, "step", step)
    page = signed_in(by).post(address, fields, follow=True).text
    [message] = re.findall(r'<li class="success">(.*?)</li>', page)
    return str(message)


def approve(digest: Digest, by: User) -> str:
    return after("approve", digest, by, sha256=shown(digest))


def dated(digest: Digest, date: datetime) -> Digest:
    Digest.objects.filter(pk=digest.pk).update(date=date)
    return Digest.objects.get(pk=digest.pk)


def test_every_step_has_a_sentence_in_both_languages() -> None:
    # Restoring tells which revision it restored.
    assert set(DIGEST_OUTCOMES) == set(DIGEST_TRANSITIONS) - {"restore"}
    assert set(ITEM_OUTCOMES) == set(ITEM_TRANSITIONS)
    for sentence in (*DIGEST_OUTCOMES.values(), *ITEM_OUTCOMES.values()):
        with translation.override("en"):
            english = str(sentence)
        with translation.override("zh-hans"):
            assert str(sentence) != english


def test_a_digest_tells_who_is_next_until_it_is_published(ann: User, rita: User) -> None:
    digest = draft(story(), by=ann, title="Morning")
    assert after("submit", digest, ann) == "“Morning” is submitted. It is waiting for a reviewer."
    digest.refresh_from_db()
    assert after("take_back", digest, ann).endswith("you can change it again.")
    digest.refresh_from_db()
    digest = lifecycle.submit(digest, by=ann, version=digest.version)
    assert "sent back to Ann, who sees your note" in after("send_back", digest, rita, note="长")
    digest.refresh_from_db()
    digest = lifecycle.submit(digest, by=ann, version=digest.version)
    assert "sent back. Its editors see your note" in after("send_back", digest, ann, note="改")


def test_what_readers_see_now_has_a_link(ann: User, rita: User) -> None:
    digest = in_review(by=ann, title="Morning")
    message = approve(digest, rita)
    digest.refresh_from_db()
    link = f'<a href="{digest.get_absolute_url()}">See the public page</a>'
    assert message == f"“Morning” is published. {link}"
    assert "open for correction" in after("correct", digest, rita)
    digest.refresh_from_db()
    message = after("abandon", digest, rita)
    assert "Readers still see the published text" in message
    assert link in message
    digest.refresh_from_db()
    message = after("withdraw", digest, rita, note="撤")
    assert message == "“Morning” is withdrawn. Readers see your note instead."
    digest.refresh_from_db()
    assert "Readers see the note until" in after("reopen", digest, rita)


def test_a_title_is_no_markup_beside_the_link(rita: User) -> None:
    digest = published(title="<b>Bold</b>")
    digest = move(digest, lifecycle.correct)
    assert "“&lt;b&gt;Bold&lt;/b&gt;”" in after("abandon", digest, rita)


def test_the_approval_of_a_correction_says_that_it_is_one(ann: User, rita: User) -> None:
    digest = move(published(by=ann, title="午间"), lifecycle.correct)
    added = story(status=Item.Status.APPROVED)
    digest = compose.place(digest, added, by=ann, version=digest.version)
    digest = lifecycle.submit(digest, by=ann, version=digest.version)
    assert "The correction of “午间” is published (revision 2)." in approve(digest, rita)


def test_what_is_approved_for_later_tells_when_it_is_published(ann: User, rita: User) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    date = timezone.now().astimezone(zone).replace(hour=8, minute=5) + timedelta(days=2)
    message = approve(dated(in_review(by=ann), date), rita)
    assert message.endswith(f"will be published at {date:%Y-%m-%d} 08:05 Asia/Shanghai.")
    # To users of the same time zone, without its name.
    User.objects.filter(pk=rita.pk).update(time_zone="Asia/Shanghai")
    message = approve(dated(in_review(by=ann), date), rita)
    assert message.endswith(f"will be published at {date:%Y-%m-%d} 08:05.")


def test_a_story_that_an_edit_makes_a_draft_again_says_so(ann: User) -> None:
    item = story("One", status=Item.Status.APPROVED)
    fields = {"do": "save", "version": item.version, "headline": "Two", "body": "b", "url": ""}
    page = signed_in(ann).post(below(item, "write"), fields, follow=True).text
    assert "Saved. The story is a draft again." in page
