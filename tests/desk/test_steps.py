"""Steps that explain themselves: what keeps one from being taken, whose it is, what comes next."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from digests.accounts.roles import EDITOR, REVIEWER
from digests.desk import locked
from digests.editorial import compose, items, lifecycle
from digests.models import Digest, Item, User
from digests.text.format import Entry
from tests.factories import approve, draft, in_review, person, published, story
from tests.screens import below, errors, offered, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita() -> User:
    return person(REVIEWER, username="rita", first_name="Rita")


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def read(client: Client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return text_of(page.text)


def submit_button(client: Client, digest: Digest) -> str:
    """The tag of Compose's button that submits."""
    page = client.get(below(digest, "compose")).text
    [tag] = re.findall(r'<(\w+) class="step go" id="submit"', page)
    return str(tag)


# Submitting


def test_a_digest_that_could_not_be_approved_is_not_submitted(ann: User) -> None:
    digest = draft(story(), by=ann)
    for heading in ("研究", "产品"):
        digest = compose.add_section(digest, heading, by=ann, version=digest.version)
    client = signed_in(ann)
    page = client.post(
        below(digest, "compose"), {"do": "submit", "version": digest.version}, follow=True
    )
    said = text_of(errors(page.text))
    assert "The section “研究” has no stories." in said
    assert "The section “产品” has no stories." in said
    digest.refresh_from_db()
    assert digest.status == "draft"
    page = client.post(below(digest, "step", "submit"), {"version": digest.version, "note": "看"})
    assert "The section “研究” has no stories." in errors(page.text)
    assert "看" in page.text
    assert not digest.revisions.exists()


def test_submitting_with_unapproved_stories_asks_once(ann: User) -> None:
    digest = draft(story("好的"), story("没批的", status=Item.Status.DRAFT), by=ann)
    client = signed_in(ann)
    assert submit_button(client, digest) == "a"
    asked = read(client, below(digest, "step", "submit"))
    assert "These stories are not approved yet." in asked
    assert "没批的 shortlisted" in asked
    assert "好的" not in asked
    client.post(below(digest, "step", "submit"), {"version": digest.version})
    digest.refresh_from_db()
    assert digest.status == "review"


def test_a_page_from_before_a_story_became_a_draft_asks_as_well(ann: User) -> None:
    item = story()
    digest = draft(item, by=ann)
    client = signed_in(ann)
    assert submit_button(client, digest) == "button"
    items.edit(item, Entry("改过"), by=ann, version=item.version)
    sent = {"do": "submit", "version": digest.version}
    page = client.post(below(digest, "compose"), sent, follow=True)
    assert "1 story is not approved yet. Submit again" in page.text
    digest.refresh_from_db()
    assert digest.status == "draft"


# Whose step it is


@pytest.mark.postgresql
def test_a_locked_digest_says_why_and_who_goes_on_with_it(ann: User, rita: User) -> None:
    other = signed_in(person(EDITOR))
    reviewing = in_review(by=ann)
    later = timezone.now() + timedelta(hours=4)
    approved = approve(in_review(by=ann, date=later), by=rita)
    public = published(by=ann)
    gone = published(by=ann)
    gone = lifecycle.withdraw(gone, by=rita, version=gone.version, note="有误")
    for digest, reason, turn in (
        (reviewing, "Locked while in review.", "A reviewer can approve it or send it back."),
        (approved, "Locked: it is approved", "A reviewer can send it back."),
        (public, "Locked: it is published.", "A reviewer can correct it."),
        (gone, "Locked: it is withdrawn.", "A reviewer can reopen it."),
    ):
        for name in ("compose", "details"):
            page = read(other, below(digest, name))
            assert reason in page
            assert turn in page
            page = read(signed_in(rita), below(digest, name))
            assert reason in page
            assert "A reviewer can" not in page
    taken = "Ann, who submitted it, can take it back."
    assert taken in read(other, below(reviewing, "compose"))
    assert taken not in read(signed_in(ann), below(reviewing, "compose"))
    assert "Locked" not in read(other, below(draft(by=ann), "compose"))


def test_approve_offers_to_take_back_what_one_submitted(ann: User, rita: User) -> None:
    own, others = in_review(by=ann), in_review(by=rita)

    def steps(digest: Digest, by: User) -> set[str]:
        return offered(signed_in(by).get(below(digest, "approve")).text)

    assert steps(own, ann) == {"take_back"}
    assert steps(own, rita) == {"send_back"}
    assert steps(others, rita) == {"take_back", "send_back"}


def test_a_step_that_cannot_be_taken_says_why(ann: User) -> None:
    client = signed_in(ann)
    digest, item = in_review(title="午间", by=ann), story("早报")
    page = client.get(below(digest, "step", "submit"), follow=True)
    assert "This is not possible while “午间” is in review." in page.text
    page = client.get(below(digest, "step", "withdraw"), follow=True)
    assert "You don’t have permission to do this." in unescape(page.text)
    page = client.get(below(item, "step", "reject"), follow=True)
    assert "This is not possible while “早报” is approved." in page.text


def test_what_cannot_be_deleted_says_why(ann: User) -> None:
    page = signed_in(ann).get(below(in_review(title="午间"), "delete"), follow=True)
    assert "“午间” has a history and cannot be deleted." in page.text


def test_a_story_that_is_rejected_from_the_inbox_leads_back_to_its_list(ann: User) -> None:
    item = story("候选", status=Item.Status.INBOX)
    client = signed_in(ann)
    listed = client.get("/admin/inbox/?state=inbox&q=候选").text
    [link] = re.findall(r'href="([^"]*/step/reject/[^"]*)"', listed)
    sent = {"version": item.version, "reason": "old"}
    answer = client.post(unescape(link), sent)
    assert unescape(answer["Location"]).startswith("/admin/inbox/?state=inbox&q=")


# What is ready


def test_a_story_without_a_text_is_not_approved_with_all_others(ann: User) -> None:
    ready, empty = story(status=Item.Status.DRAFT), story("空的", body="", status=Item.Status.DRAFT)
    digest = draft(ready, empty, by=ann)
    head = signed_in(ann).get(below(digest, "compose")).text.partition('id="approve-all"')[0]
    assert re.findall(r'name="item" value="(\d+)"', head) == [str(ready.pk)]
    # By itself it can be: a link may stand alone.
    assert f'id="approve-{empty.pk}"' in signed_in(ann).get(below(digest, "compose")).text


def test_the_approval_names_what_keeps_it_and_nothing_else(ann: User, rita: User) -> None:
    item = story()
    empty = story("空的", body="", status=Item.Status.DRAFT)
    digest = in_review(item, empty, by=ann)
    client = signed_in(rita)
    page = client.get(below(digest, "approve")).text
    assert "approve the stories at the top first" in page
    assert "correct the errors" not in page
    assert "no text yet" in page
    assert "approve-items" not in page
    items.approve(empty, by=ann, version=empty.version)
    page = client.get(below(digest, "approve")).text
    assert "It cannot be approved yet" not in page
    footnote = Entry(item.headline, item.byline, item.url, "[^1]: x")
    items.edit(item, footnote, by=ann, version=item.version)
    page = client.get(below(digest, "approve")).text
    assert "correct the errors, and approve the stories" in page


# Corrections


def test_a_correction_says_that_it_is_one_wherever_its_state_shows(ann: User, rita: User) -> None:
    digest = published(by=ann, title="更正的")
    digest = lifecycle.correct(digest, by=rita, version=digest.version)
    said = "draft correction; readers see revision 1"
    client = signed_in(rita)
    for address in (
        below(digest, "compose"),
        below(digest, "details"),
        below(digest, "approve"),
        "/admin/digests/digest/",
    ):
        assert said in read(client, address), address
    assert "correction; readers see revision 1" in read(client, "/admin/current/")
    assert "correction; readers see" not in read(client, below(published(), "approve"))


def test_the_history_says_which_revision_readers_see_and_what_they_were_told(
    ann: User, rita: User
) -> None:
    digest = published(by=ann)
    digest = lifecycle.correct(digest, by=rita, version=digest.version)
    digest = compose.place(digest, story(), by=ann, version=digest.version)
    digest = lifecycle.submit(digest, by=ann, version=digest.version)
    sha256 = digest.working_copy().fingerprint
    lifecycle.approve(
        digest, by=rita, version=digest.version, sha256=sha256, correction="补上一条。"
    )
    page = read(signed_in(ann), below(digest, "history"))
    newest, _, before = page.partition("Revision 2")[2].partition("Revision 1")
    assert "readers see this one" in newest
    assert "Readers were told: 补上一条。" in newest
    assert "Readers were told" not in before


def test_a_published_digest_is_not_said_to_be_seen_in_future(rita: User) -> None:
    page = read(signed_in(rita), below(published(), "approve"))
    assert "As readers see it" in page
    assert "will see" not in page


# Texts that change in review


def test_a_text_that_changes_in_review_says_what_that_keeps_back(ann: User) -> None:
    item = story()
    in_review(item, title="午间")
    client = signed_in(ann)
    fields = {"headline": "改过", "byline": "", "url": "", "body": "新的。"}
    said = "Saved. The story is a draft again, so “午间” cannot be approved until the story is."
    page = client.post(
        below(item, "write"), {"do": "save", "version": item.version} | fields, follow=True
    )
    assert said in page.text
    item.refresh_from_db()
    fields["body"] = "再改。"
    page = client.post(
        below(item, "write"), {"do": "save", "version": item.version} | fields, follow=True
    )
    assert "Saved." in page.text
    assert "a draft again" not in page.text


def test_an_approved_text_that_changes_elsewhere_is_just_a_draft_again(ann: User) -> None:
    item = story()
    draft(item)
    fields = {"headline": "改过", "byline": "", "url": "", "body": ""}
    page = signed_in(ann).post(
        below(item, "write"), {"do": "save", "version": item.version} | fields, follow=True
    )
    assert "Saved. The story is a draft again.</li>" in page.text


# The check


def test_the_check_names_each_story_once_with_its_number_on_the_page(ann: User) -> None:
    fine, bare = story("好的"), story("没署名", byline="", body="", status=Item.Status.DRAFT)
    digest = draft(fine, by=ann)
    digest = compose.add_section(digest, "研究", by=ann, version=digest.version)
    section = digest.sections.get()
    digest = compose.place(digest, bare, by=ann, version=digest.version, section=section)
    page = read(signed_in(ann), below(digest, "findings")).partition("Check")[2]
    assert page.count("没署名") == 1
    assert "研究 1 没署名 Not approved yet shortlisted" in page
    assert "The story has no byline." in page
    assert "story 2" not in page
    assert "好的" not in page


def test_the_check_names_a_section_by_its_heading(ann: User) -> None:
    digest = draft(story(), by=ann)
    written = {"heading": "研究", "intro": "很好,很好。"}
    digest = compose.add_section(digest, by=ann, version=digest.version, **written)
    section = digest.sections.get()
    compose.place(digest, story(), by=ann, version=digest.version, section=section)
    page = read(signed_in(ann), below(digest, "findings"))
    assert re.search("Remark “研究”[^“]*: “,” beside Chinese should be “，”", page)


def test_a_date_that_leaves_the_title_behind_is_remarked_on_when_it_is_saved(ann: User) -> None:
    at = datetime.fromisoformat("2026-11-20T08:00:00+08:00")
    digest = draft(story(), by=ann, title="11月20日早报", date=at)
    fields = {"title": digest.title, "intro": "", "outro": "", "version": digest.version}
    sent = fields | {"date_0": "2026-11-21", "date_1": "08:00"}
    page = signed_in(ann).post(below(digest, "details"), sent, follow=True)
    said = "The title says “11月20日”, but the digest is dated 2026-11-21 08:00."
    assert said in page.text
    assert said in read(signed_in(ann), below(digest, "findings"))


def test_a_step_whose_next_page_is_itself_leads_to_the_digest(rita: User) -> None:
    digest = draft(story(), by=rita)
    address = below(digest, "step", "publish")  # not possible yet
    page = signed_in(rita).get(f"{address}?next={address}%3Fagain", follow=True)
    assert page.request["PATH_INFO"] == below(digest, "compose")
    assert len(page.redirect_chain) == 1


def test_whose_turn_it_is_names_the_role_that_may_take_the_step() -> None:
    for step, sentence in locked.OTHERS.values():
        assert str(sentence).startswith(f"A {Digest.TRANSITIONS[step].role.lower()} can ")


def test_every_page_of_a_digest_leads_back_to_where_it_is_worked_on(rita: User) -> None:
    digest = draft()
    client = signed_in(rita)
    for row, page in ((digest, "compose"), (in_review(), "approve")):
        for name in ("details", "history"):
            assert f'<a href="{below(row, page)}">' in client.get(below(row, name)).text
