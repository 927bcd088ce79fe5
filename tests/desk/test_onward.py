"""A step of a digest leads to the screen where the work goes on."""

from datetime import timedelta

import pytest
from django.utils import timezone

from digests.accounts.roles import EDITOR, REVIEWER
from digests.editorial import compose
from digests.models import Digest, User
from tests.factories import approve, draft, in_review, person, published, series, shown, story
from tests.screens import below, errors, signed_in

pytestmark = pytest.mark.django_db

TODAY = "/admin/"


@pytest.fixture
def ann() -> User:
    return person(EDITOR, username="ann", first_name="Ann")


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


def test_who_submits_is_done_unless_they_approve_as_well(ann: User, rita: User) -> None:
    assert step(draft(story(), by=ann), "submit", ann) == TODAY
    digest = draft(story(), by=rita)
    assert step(digest, "submit", rita) == below(digest, "approve")


def test_who_sends_back_is_done_and_who_takes_back_composes(ann: User, rita: User) -> None:
    assert step(in_review(by=ann), "send_back", rita) == TODAY
    own = in_review(by=ann)
    assert step(own, "send_back", ann) == below(own, "compose")


def test_who_approves_finds_on_today_what_else_waits(ann: User, rita: User) -> None:
    assert approval(in_review(by=ann), rita) == TODAY
    assert approval(in_review(by=ann, date=timezone.now() + timedelta(hours=2)), rita) == TODAY


def test_what_is_opened_again_is_composed_and_what_is_given_up_is_done(rita: User) -> None:
    digest = published()
    assert step(digest, "correct", rita) == below(digest, "compose")
    assert step(digest, "abandon", rita) == TODAY
    assert step(digest, "withdraw", rita) == TODAY
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
