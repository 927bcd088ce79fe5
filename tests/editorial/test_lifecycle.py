"""A digest on its way from draft to the public, and back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from digests.accounts.roles import REVIEWER
from digests.editorial import compose, items, lifecycle, revisions
from digests.editorial.errors import Forbidden, Invalid, Stale, WrongState
from digests.models import (
    Category,
    Digest,
    HistoryEntry,
    Item,
    LiveDigest,
    Revision,
    User,
    clock,
)
from digests.text import judgement
from digests.text.format import Entry, dump
from tests.factories import (
    LEAK,
    PAST,
    approve,
    draft,
    in_review,
    live_revision,
    person,
    published,
    series,
    shown,
    spoiled,
    story,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.fixture
def reviewer() -> User:
    return person(REVIEWER)


def fresh(digest: Digest) -> Digest:
    return Digest.objects.get(pk=digest.pk)


def body_of(digest: Digest, position: int = 1) -> str | None:
    """What the public reads."""
    live = fresh(digest).live_revision
    return live.entries.get(position=position).body if live else None


def edit(item: Item, body: str, by: User) -> Item:
    item.refresh_from_db()
    entry = Entry(item.headline, item.byline, item.url, body)
    item = items.edit(item, entry, by=by, version=item.version)
    return items.approve(item, by=by, version=item.version)


def test_an_approval_judges_the_document_once(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = in_review(story(), story())
    seen = shown(digest)
    passes: list[str] = []

    def counted(name: str) -> Callable[..., object]:
        judge = getattr(judgement, name)

        def count_and_judge(*given: object) -> object:
            passes.append(name)
            return judge(*given)

        return count_and_judge

    for name in ("normal", "document_errors", "write", "check"):
        monkeypatch.setattr(judgement, name, counted(name))
    lifecycle.approve(digest, by=reviewer, version=digest.version, sha256=seen)
    assert passes == ["normal", "document_errors", "write", "check"]


def test_an_approved_digest_whose_time_has_come_is_public_at_once(reviewer: User) -> None:
    item = story()
    digest = approve(in_review(item), by=reviewer)
    assert (digest.status, digest.slug, digest.path) == (
        "published", "2026-11-20-0800", "2026-11-20-0800.md",
    )  # fmt: skip
    revision = live_revision(digest)
    assert revision == digest.approved_revision
    assert revision.text == dump(digest.working_copy().document)
    assert revision.date.isoformat() == "2026-11-20T08:00:00+08:00"
    assert revision.entries.get().item == item
    verbs = list(digest.history.values_list("action", flat=True))
    assert verbs == ["add", "place", "submit", "approve", "publish"]


def test_an_approved_digest_with_a_date_to_come_waits_for_it(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    date = timezone.now() + timedelta(hours=4)
    digest = approve(in_review(date=date), by=reviewer)
    assert (digest.status, digest.live_revision, digest.path) == ("approved", None, None)
    with pytest.raises(WrongState, match="time has not come"):
        lifecycle.publish(digest, by=reviewer, version=digest.version)
    assert lifecycle.publish_due() == 0
    monkeypatch.setattr(clock, "now", lambda: date + timedelta(seconds=1))
    assert lifecycle.publish_due() == 1
    digest = fresh(digest)
    assert (digest.status, digest.live_revision) == ("published", digest.approved_revision)
    assert digest.history.latest("pk").actor is None
    assert lifecycle.publish_due() == 0


def test_one_digest_that_cannot_be_published_keeps_no_other_from_its_readers(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    date = timezone.now() + timedelta(hours=4)
    bad = approve(in_review(date=date, series=series("bad", name="Bad")), by=reviewer)
    good = approve(in_review(date=date), by=reviewer)
    # A pattern that was changed behind the form's back makes no good path.
    type(bad.series).objects.filter(pk=bad.series_id).update(path_pattern="{date:%H}/../x.md")
    monkeypatch.setattr(clock, "now", lambda: date + timedelta(seconds=1))
    assert lifecycle.publish_due() == 1
    assert fresh(bad).status == "approved"
    assert fresh(good).status == "published"


def test_submitting_keeps_what_the_reviewers_were_given() -> None:
    digest = in_review(story())
    assert digest.revisions.get().text == dump(digest.working_copy().document)
    assert digest.history.latest("pk").revision == digest.revisions.get()


def test_the_submitter_takes_a_digest_back_until_it_is_judged(reviewer: User) -> None:
    ann = person()
    digest = in_review(by=ann)
    digest = lifecycle.take_back(digest, by=ann, version=digest.version)
    line = digest.history.latest("pk")
    assert (line.action, line.before, line.after, line.actor) == (
        "take_back", "review", "draft", ann,
    )  # fmt: skip
    digest = lifecycle.submit(digest, by=ann, version=digest.version)
    digest = approve(digest, by=reviewer)
    with pytest.raises(WrongState):
        lifecycle.take_back(digest, by=ann, version=digest.version)


def test_nobody_else_takes_a_digest_back_who_submitted_it_before_or_may_judge_it(
    reviewer: User,
) -> None:
    ann, ben = person(), person()
    digest = in_review(by=ann)
    digest = lifecycle.take_back(digest, by=ann, version=digest.version)
    digest = lifecycle.submit(digest, by=ben, version=digest.version)
    for other in (ann, reviewer, None):
        with pytest.raises(Forbidden):
            lifecycle.take_back(digest, by=other, version=digest.version)
    assert lifecycle.take_back(digest, by=ben, version=digest.version).status == "draft"


def test_a_correction_that_is_taken_back_leaves_readers_what_they_see(reviewer: User) -> None:
    digest = published()
    live = live_revision(digest)
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    digest = lifecycle.submit(digest, by=reviewer, version=digest.version)
    digest = lifecycle.take_back(digest, by=reviewer, version=digest.version)
    assert digest.is_correction
    assert digest.live_revision == live


def test_an_empty_digest_is_not_submitted() -> None:
    digest = draft()
    with pytest.raises(Invalid, match="empty"):
        lifecycle.submit(digest, by=digest.owner, version=digest.version)


def test_an_approval_of_the_submitted_text_takes_no_second_revision(reviewer: User) -> None:
    digest = approve(in_review(), by=reviewer)
    assert digest.revisions.count() == 1


def test_an_approval_that_saw_an_older_text_is_refused(reviewer: User) -> None:
    item = story(body="原文。")
    digest = in_review(item)
    seen = shown(digest)
    edit(item, "新文。", person())
    with pytest.raises(Stale, match="Read it again"):
        lifecycle.approve(digest, by=reviewer, version=digest.version, sha256=seen)
    assert fresh(digest).status == "review"
    assert body_of(digest) is None
    digest = lifecycle.approve(digest, by=reviewer, version=digest.version, sha256=shown(digest))
    assert body_of(digest) == "新文。"
    assert digest.revisions.count() == 2


def test_a_digest_with_an_item_that_is_not_approved_is_not_approved(reviewer: User) -> None:
    digest = in_review(story(), story("还没批准", status=Item.Status.DRAFT))
    with pytest.raises(Invalid, match="还没批准"):
        approve(digest, by=reviewer)
    assert fresh(digest).live_revision is None


def test_a_digest_the_file_cannot_hold_is_refused_with_the_place(reviewer: User) -> None:
    digest = draft(story(), intro=LEAK)
    with pytest.raises(Invalid, match="link definition") as refusal:
        lifecycle.submit(digest, by=digest.owner, version=digest.version)
    assert refusal.value.findings
    assert fresh(digest).status == "draft"
    digest = spoiled(in_review())
    with pytest.raises(Invalid) as refusal:
        approve(digest, by=reviewer)
    assert refusal.value.findings
    assert fresh(digest).status == "review"


def test_a_refusal_names_a_few_errors_and_holds_all() -> None:
    digest = draft(story(), intro=LEAK, outro=LEAK)
    for heading in ("研究", "产品"):
        digest = compose.add_section(digest, heading, by=digest.owner, version=digest.version)
    with pytest.raises(Invalid) as refusal:
        lifecycle.submit(digest, by=digest.owner, version=digest.version)
    assert len(refusal.value.findings) == 4
    assert str(refusal.value).count("leak") == 1
    assert "研究" in str(refusal.value)
    assert "产品" in str(refusal.value)


def test_sending_back_needs_a_note() -> None:
    digest = in_review()
    with pytest.raises(Invalid):
        lifecycle.send_back(digest, by=digest.owner, version=digest.version, note=" ")
    assert fresh(digest).status == "review"


def test_an_editor_sends_back_an_own_digest_only() -> None:
    digest = in_review(by=person())
    with pytest.raises(Forbidden):
        lifecycle.send_back(digest, by=person(), version=digest.version, note="没写完")
    sent = lifecycle.send_back(digest, by=digest.owner, version=digest.version, note="没写完")
    assert (sent.status, sent.history.latest("pk").note) == ("draft", "没写完")


def test_a_digest_sent_back_after_its_approval_is_not_published_by_the_clock(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    date = timezone.now() + timedelta(hours=4)
    digest = approve(in_review(date=date), by=reviewer)
    digest = lifecycle.send_back(digest, by=reviewer, version=digest.version, note="等等")
    assert (digest.status, digest.approved_revision) == ("draft", None)
    monkeypatch.setattr(clock, "now", lambda: date + timedelta(days=1))
    assert lifecycle.publish_due() == 0
    assert fresh(digest).live_revision is None


@pytest.mark.parametrize("hand", ["submitter", "digest", "item", "superuser"])
def test_whoever_had_a_hand_in_it_is_no_second_reviewer(hand: str) -> None:
    strict = series(four_eyes=True)
    item = story()
    suspect, other = person(REVIEWER), person(REVIEWER)
    suspect.is_superuser = hand == "superuser"
    suspect.save()
    digest = draft(item, by=suspect if hand == "digest" else other, series=strict)
    if hand == "item":
        edit(item, "改过。", suspect)
    submitter = suspect if hand in ("submitter", "superuser") else other
    digest = lifecycle.submit(digest, by=submitter, version=digest.version)
    with pytest.raises(Forbidden, match="requires a second reviewer"):
        approve(digest, by=suspect)
    assert fresh(digest).status == "review"
    assert approve(digest, by=person(REVIEWER)).status == "published"


def test_without_a_second_reviewer_one_person_may_do_it_all(reviewer: User) -> None:
    assert approve(in_review(by=reviewer), by=reviewer).status == "published"


def test_a_second_digest_of_the_same_minute_gets_the_next_names() -> None:
    first, second = published(), published()
    other_series = published(series=series("other", name="Other"))
    assert (first.slug, second.slug, other_series.slug) == (
        "2026-11-20-0800", "2026-11-20-0800-2", "2026-11-20-0800",
    )  # fmt: skip
    assert [d.path for d in (first, second, other_series)] == [
        "2026-11-20-0800.md", "2026-11-20-0800-2.md", "2026-11-20-0800-3.md",
    ]  # fmt: skip


def test_a_correction_shows_only_when_it_is_approved(reviewer: User) -> None:
    item = story(body="原文。")
    digest = published(item)
    address = (digest.slug, digest.path, digest.published_at)
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    assert (digest.status, body_of(digest)) == ("draft", "原文。")
    edit(item, "更正。", reviewer)
    assert body_of(digest) == "原文。"
    digest = compose.edit(
        digest, by=reviewer, version=digest.version, title="更正的标题",
        date=PAST + timedelta(hours=1), categories=[], intro="", outro="",
    )  # fmt: skip
    digest = lifecycle.submit(digest, by=reviewer, version=digest.version)
    assert body_of(digest) == "原文。"
    digest = approve(digest, by=reviewer, note="数字有误")
    assert body_of(digest) == "更正。"
    assert live_revision(digest).title == "更正的标题"
    assert (digest.slug, digest.path, digest.published_at) == address


def test_an_abandoned_correction_leaves_no_trace_for_the_public(reviewer: User) -> None:
    item, extra = story(body="原文。"), story()
    digest = published(item)
    live = live_revision(digest)
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    edit(item, "改坏了。", reviewer)
    digest = compose.place(digest, extra, by=reviewer, version=digest.version, position=1)
    digest = lifecycle.abandon(digest, by=reviewer, version=digest.version)
    assert (digest.status, digest.live_revision, body_of(digest)) == ("published", live, "原文。")
    assert digest.working_copy().document == live.as_document()
    item.refresh_from_db()
    assert (item.body, item.status) == ("原文。", "approved")
    # What was written meanwhile is not lost.
    assert "改坏了。" in digest.revisions.latest("number").text
    assert extra.pk in digest.revisions.latest("number").entries.values_list("item", flat=True)


def test_an_abandoned_correction_does_not_touch_a_text_shared_with_another_digest(
    reviewer: User,
) -> None:
    item = story(body="原文。")
    digest = published(item)
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    edit(item, "新的说法。", reviewer)
    other = draft(item)
    digest = lifecycle.abandon(digest, by=reviewer, version=digest.version)
    assert digest.working_copy().document == live_revision(digest).as_document()
    assert other.working_copy().document.sections[0].entries[0].body == "新的说法。"
    copy = digest.items.get()
    assert copy.repeat_of == item
    assert copy.status == "approved"


def test_a_first_draft_has_nothing_to_abandon(reviewer: User) -> None:
    digest = in_review()
    with pytest.raises(WrongState, match="not public"):
        lifecycle.abandon(digest, by=reviewer, version=digest.version)


def test_a_withdrawn_digest_is_gone_until_it_is_published_again(reviewer: User) -> None:
    digest = published(story(body="原文。"))
    address = (digest.slug, digest.path)
    with pytest.raises(Invalid):
        lifecycle.withdraw(digest, by=reviewer, version=digest.version, note="")
    digest = lifecycle.withdraw(digest, by=reviewer, version=digest.version, note="来源撤稿")
    assert (digest.status, digest.live_revision, digest.withdrawal_note) == (
        "withdrawn", None, "来源撤稿",
    )  # fmt: skip
    assert not LiveDigest.objects.exists()
    digest = lifecycle.reopen(digest, by=reviewer, version=digest.version)
    assert (digest.status, digest.live_revision, digest.withdrawal_note) == (
        "draft", None, "来源撤稿",
    )  # fmt: skip
    digest = lifecycle.submit(digest, by=reviewer, version=digest.version)
    digest = approve(digest, by=reviewer)
    assert (digest.status, digest.withdrawal_note, body_of(digest)) == ("published", "", "原文。")
    assert (digest.slug, digest.path) == address


def test_a_correction_in_work_can_be_withdrawn(reviewer: User) -> None:
    digest = published()
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    digest = lifecycle.withdraw(digest, by=reviewer, version=digest.version, note="撤")
    assert fresh(digest).live_revision is None


def test_a_draft_that_never_was_public_cannot_be_withdrawn(reviewer: User) -> None:
    digest = draft(story())
    with pytest.raises(WrongState):
        lifecycle.withdraw(digest, by=reviewer, version=digest.version, note="撤")


def test_a_restored_revision_is_the_draft_again_with_sections_and_order(reviewer: User) -> None:
    a, b = story(body="甲。"), story(body="乙。")
    digest = draft(a, by=reviewer, intro="引言", categories=("丙", "丁"))
    digest = compose.add_section(digest, "研究", by=reviewer, version=digest.version)
    section = digest.sections.get()
    digest = compose.place(digest, b, by=reviewer, version=digest.version, section=section)
    first = lifecycle.submit(digest, by=reviewer, version=digest.version).revisions.get()
    digest = fresh(digest)
    digest = lifecycle.send_back(digest, by=reviewer, version=digest.version, note="再改")
    edit(b, "改了。", reviewer)
    digest = compose.remove_section(digest, section, by=reviewer, version=digest.version)
    digest = compose.remove(digest, a, by=reviewer)
    digest = lifecycle.restore(digest, first, by=reviewer, version=digest.version)
    assert digest.status == "draft"
    assert fresh(digest).working_copy().document == first.as_document()
    assert "改了。" in digest.revisions.latest("number").text  # what stood there is kept
    b.refresh_from_db()
    assert (b.body, b.status) == ("乙。", "draft")


def test_a_revision_of_another_digest_is_not_restored(reviewer: User) -> None:
    foreign = live_revision(published())
    digest = draft(story())
    with pytest.raises(Invalid):
        lifecycle.restore(digest, foreign, by=reviewer, version=digest.version)


def test_the_same_link_runs_in_two_digests_with_different_text() -> None:
    first = story(url="https://example.org/a", body="昨天的说法。")
    again = story(url="https://example.org/a", body="今天的说法。", repeat_of=first)
    yesterday = published(first)
    today = published(again)
    assert (body_of(yesterday), body_of(today)) == ("昨天的说法。", "今天的说法。")


def test_the_date_keeps_the_offset_it_had_in_the_series_zone(reviewer: User) -> None:
    london = series("london", name="London", time_zone="Europe/London")
    summer = published(series=london, date=datetime(2026, 7, 1, 8, tzinfo=UTC))
    winter = published(series=london, date=datetime(2026, 1, 1, 8, tzinfo=UTC))
    assert live_revision(summer).date.isoformat() == "2026-07-01T09:00:00+01:00"
    assert live_revision(winter).date.isoformat() == "2026-01-01T08:00:00+00:00"
    london.time_zone = "Asia/Shanghai"
    london.save()
    assert live_revision(fresh(summer)).date.isoformat() == "2026-07-01T09:00:00+01:00"


def test_each_step_is_one_line_of_history_and_one_version(reviewer: User) -> None:
    digest = published()
    before = digest.version, digest.history.count()
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    assert (digest.version, digest.history.count()) == (before[0] + 1, before[1] + 1)
    line = digest.history.latest("pk")
    assert (line.actor, line.action, line.before, line.after) == (
        reviewer, HistoryEntry.Action.CORRECT, "published", "draft",
    )  # fmt: skip


def test_what_is_published_is_the_very_text_that_was_checked(
    reviewer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A category renamed between the check and the freezing must not slip through."""
    digest = in_review()

    def rename_and_take(*given: Any, **named: Any) -> Revision:
        Category.objects.update(name="没人看过")
        return take(*given, **named)

    take = revisions.take_revision
    monkeypatch.setattr(lifecycle, "take_revision", rename_and_take)
    digest = approve(digest, by=reviewer)
    assert live_revision(digest).as_document().categories == ("AI 发展",)


def test_an_item_put_to_another_use_meanwhile_keeps_its_text(reviewer: User) -> None:
    item = story(body="原文。")
    digest = published(item, story())
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    digest = compose.remove(digest, item, by=reviewer)
    edit(item, "别处要用的新文。", reviewer)
    digest = lifecycle.abandon(digest, by=reviewer, version=digest.version)
    item.refresh_from_db()
    assert item.body == "别处要用的新文。"
    assert digest.working_copy().document == live_revision(digest).as_document()


def test_abandoning_again_and_again_leaves_no_heap_of_repeats(reviewer: User) -> None:
    item = story(body="原文。")
    digest = published(item)
    for number in range(3):
        digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
        if number == 0:
            edit(item, "新的说法。", reviewer)
            draft(item)
        digest = lifecycle.abandon(digest, by=reviewer, version=digest.version)
    assert Item.objects.count() == 2
    assert digest.working_copy().document == live_revision(digest).as_document()


def test_a_correction_whose_link_was_taken_meanwhile_can_still_be_abandoned(reviewer: User) -> None:
    item = story(url="https://example.org/a")
    digest = published(item)
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    entry = Entry(item.headline, item.byline, "https://example.org/b", item.body)
    items.edit(item, entry, by=reviewer, version=item.version)
    taker = story(url="https://example.org/a")
    digest = lifecycle.abandon(digest, by=reviewer, version=digest.version)
    item.refresh_from_db()
    assert (item.url, item.repeat_of) == ("https://example.org/a", taker)


def test_a_correction_whose_title_was_taken_meanwhile_says_so(reviewer: User) -> None:
    digest = published(title="同名")
    digest = lifecycle.correct(digest, by=reviewer, version=digest.version)
    digest = compose.edit(
        digest, by=reviewer, version=digest.version, title="改名", date=PAST, categories=[],
        intro="", outro="",
    )  # fmt: skip
    draft(title="同名")
    with pytest.raises(Invalid, match="already has a digest with this date"):
        lifecycle.abandon(digest, by=reviewer, version=digest.version)
    assert fresh(digest).status == "draft"


def test_a_pattern_that_makes_no_path_is_a_refusal_and_the_series_form_says_so(
    reviewer: User,
) -> None:
    ours = series("con", name="Con", path_pattern="{series}/{date:%Y-%m-%d}.md")
    with pytest.raises(ValidationError, match="device on Windows"):
        ours.full_clean()
    with pytest.raises(Invalid, match="device on Windows"):
        published(series=ours)
