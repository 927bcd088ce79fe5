"""A step of a digest leads to the screen where the work goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digests.accounts.roles import REVIEWER
from digests.editorial import compose
from digests.models import Digest, User
from tests.factories import approve, draft, in_review, person, published, series, shown, story
from tests.screens import below, errors, signed_in

pytestmark = pytest.mark.django_db

TODAY = "/admin/"


@pytest.fixture
def rita() -> User:
    return person(REVIEWER, username="rita", first_name="Rita")


def step(digest: Digest, verb: str, by: User) -> str:
    """Where taking a step leads."""
    digest.refresh_from_db()
    data = {"version": digest.version, "note": "因为"}
    return signed_in(by).post(below(digest, "step", verb), data).headers["Location"]


def approval(digest: Digest, by: User) -> str:
    data = {"version": digest.version, "sha256": shown(digest), "note": ""}
    return signed_in(by).post(below(digest, "approve"), data).headers["Location"]


def test_a_new_draft_is_current_and_open_for_its_stories(ann: User) -> None:
    client = signed_in(ann)
    made = client.post(
        "/admin/digests/digest/add/", {"series": series().pk, "title": "午间"}, follow=True
    )
    digest = Digest.objects.get()
    assert made.request["PATH_INFO"] == below(digest, "compose")
    ann.refresh_from_db()
    assert ann.current_digest == digest


def goes_on(digest: Digest, verb: str, by: User) -> str:
    """The page on which whoever took a step finds themselves."""
    digest.refresh_from_db()
    data = {"version": digest.version, "note": "因为"}
    page = signed_in(by).post(below(digest, "step", verb), data, follow=True)
    return str(page.request["PATH_INFO"])


def test_who_submits_stays_with_the_digest_and_reads_whose_turn_it_is(
    ann: User, rita: User
) -> None:
    digest = draft(story(), by=ann)
    data = {"version": digest.version, "note": ""}
    page = signed_in(ann).post(below(digest, "step", "submit"), data, follow=True)
    assert page.request["PATH_INFO"] == below(digest, "compose")
    assert "Take back" in page.text
    assert "A reviewer can approve it or send it back." in page.text
    own = draft(story(), by=rita)
    assert goes_on(own, "submit", rita) == below(own, "compose")


def test_who_sends_back_is_done_and_who_takes_back_composes(ann: User, rita: User) -> None:
    assert step(in_review(by=ann), "send_back", rita) == TODAY
    own = in_review(by=ann)
    assert step(own, "send_back", ann) == below(own, "compose")


def test_who_approves_sees_what_became_of_the_digest(ann: User, rita: User) -> None:
    later = in_review(by=ann, date=timezone.now() + timedelta(hours=2))
    for digest in (in_review(by=ann), later):
        assert approval(digest, rita) == below(digest, "approve")


def test_what_is_opened_again_is_composed_and_what_is_given_up_is_shown(rita: User) -> None:
    digest = published()
    assert step(digest, "correct", rita) == below(digest, "compose")
    assert goes_on(digest, "abandon", rita) == below(digest, "approve")
    # Nothing is left to be done there but on Compose.
    assert goes_on(digest, "withdraw", rita) == below(digest, "compose")
    assert step(digest, "reopen", rita) == below(digest, "compose")
    data = {"version": Digest.objects.get().version, "number": 1}
    restored = signed_in(rita).post(below(digest, "restore"), data)
    assert restored.headers["Location"] == below(digest, "compose")


def test_what_is_refused_leads_back_to_where_it_was_asked(rita: User) -> None:
    digest = approve(in_review(date=timezone.now() + timedelta(hours=2)), by=rita)
    answer = signed_in(rita).post(
        below(digest, "step", "publish"), {"version": digest.version}, follow=True
    )
    assert answer.request["PATH_INFO"] == below(digest, "approve")
    assert "time has not come" in errors(answer.text)


def test_a_form_that_was_overtaken_keeps_its_note_and_can_be_sent_again(
    ann: User, rita: User
) -> None:
    digest = draft(story(), by=ann)
    compose.place(digest, story(), by=rita, version=digest.version)
    client = signed_in(ann)
    address = below(digest, "step", "submit")
    answer = client.post(address, {"version": digest.version, "note": "请看第二条"})
    assert "Rita" in errors(answer.text)
    assert "请看第二条" in answer.text
    now = Digest.objects.get()
    assert f'name="version" value="{now.version}"' in answer.text
    assert f'href="{below(digest, "compose")}"' in answer.text
    client.post(address, {"version": now.version, "note": "请看第二条"})
    assert Digest.objects.get().status == "review"
