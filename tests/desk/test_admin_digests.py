"""Digests at the desk: the list, the form, the stories, the gate, the history and the preview."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digests.accounts.roles import EDITOR, REVIEWER
from digests.delivery.folder import sweep
from digests.desk import digest_details
from digests.desk.digest_details import DigestForm
from digests.editorial import compose, items, lifecycle
from digests.models import Category, Digest, ExportedFile, Item, User
from tests.exported import path_of, withdrawn
from tests.factories import (
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
from tests.screens import Response, below, change, errors, offered, signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/digests/digest/"


@pytest.fixture
def reviewer() -> Client:
    return signed_in(person(REVIEWER, username="rita"))


def sent(digest: Digest, **fields: object) -> dict[str, object]:
    """What the form of a digest's details sends."""
    filed = digest.filed_under.order_by("position").values_list("category", flat=True)
    return {
        "title": digest.title,
        "date_0": f"{digest.local_date:%Y-%m-%d}",
        "date_1": f"{digest.local_date:%H:%M:%S}",
        "categories": [*filed, "", ""],
        "intro": digest.intro,
        "outro": digest.outro,
        "version": digest.version,
        "seen": DigestForm(None, digest=digest).initial["seen"],
    } | fields


def details(digest: Digest) -> str:
    return below(digest, "details")


def press(client: Client, digest: Digest, do: str, **fields: object) -> Response:
    digest.refresh_from_db()
    data = {"version": digest.version, "do": do, **fields}
    return client.post(below(digest, "compose"), data)


def sql(asked: CaptureQueriesContext) -> str:
    return "\n".join(query["sql"] for query in asked)


def headlines(digest: Digest) -> list[str]:
    return [placement.item.headline for placement in digest.placements.in_order()]


# The form


def test_a_new_digest_is_a_draft_of_who_made_it(client: Client, editor: User) -> None:
    answer = client.post(f"{LIST}add/", {"series": series().pk, "title": "新的一期"})
    digest = Digest.objects.get()
    assert answer.headers["Location"] == below(digest, "compose")
    assert (digest.title, digest.status, digest.owner) == ("新的一期", "draft", editor)


def proposed(page: str) -> str:
    """The title that the form of a new digest proposes."""
    (field,) = re.findall(r'<input type="text" name="title"[^>]*>', page)
    return unescape("".join(re.findall(r'value="([^"]*)"', field)))


def test_a_new_digest_is_proposed_the_next_title_of_its_series_and_dated_by_it(
    client: Client,
) -> None:
    weekly = series("weekly", name="Weekly")
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    first, last = (now - timedelta(hours=hours) for hours in (6, 2))
    for date in (first, last):
        draft(title=f"{date.astimezone(series().zone):%Y.%m.%d.%H} 过去4小时", date=date)
    following = last + timedelta(hours=4)
    title = f"{following.astimezone(series().zone):%Y.%m.%d.%H} 过去4小时"
    assert proposed(client.get(f"{LIST}add/?series={series().pk}").text) == title
    # Of several series none is chosen yet, and the other has no rhythm.
    assert proposed(client.get(f"{LIST}add/").text) == ""
    assert proposed(client.get(f"{LIST}add/?series={weekly.pk}").text) == ""
    assert proposed(client.get(f"{LIST}add/?series=x").text) == ""
    client.post(f"{LIST}add/", {"series": series().pk, "title": title})
    assert Digest.objects.latest("pk").date == following
    client.post(f"{LIST}add/", {"series": series().pk, "title": "另一个标题"})
    assert Digest.objects.latest("pk").date != following


def test_a_rhythm_that_paused_goes_on_with_what_should_be_out_by_now(client: Client) -> None:
    zone = series().zone
    now = timezone.now()
    for days in (22, 15):
        date = now - timedelta(days=days, hours=1)
        draft(title=f"{date.astimezone(zone):%Y-%m-%d} 周报", date=date)
    due = (now - timedelta(days=1, hours=1)).astimezone(zone)
    assert proposed(client.get(f"{LIST}add/").text) == f"{due:%Y-%m-%d} 周报"


def test_a_digest_dated_far_ahead_has_no_part_in_the_rhythm(client: Client) -> None:
    now = timezone.now().astimezone(series().zone)
    draft(title="9026.11.20", date=datetime(9026, 11, 20, tzinfo=UTC))
    assert proposed(client.get(f"{LIST}add/").text) == ""
    for days in (2, 1):
        draft(title=f"{now - timedelta(days=days):%Y.%m.%d} AI", date=now - timedelta(days=days))
    assert proposed(client.get(f"{LIST}add/").text) == f"{now:%Y.%m.%d} AI"


def test_a_rhythm_goes_by_the_clock_of_the_series(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    weekly = series("weekly", time_zone="Europe/London")
    for day, hour in ((15, 7), (22, 7)):  # 08:00 in summer, which ends on the 25th
        date = datetime(2026, 10, day, hour, tzinfo=UTC)
        draft(series=weekly, title=f"2026-10-{day} 08:00", date=date)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 10, 24, tzinfo=UTC))
    title = proposed(client.get(f"{LIST}add/?series={weekly.pk}").text)
    assert title == "2026-10-29 08:00"
    client.post(f"{LIST}add/", {"series": weekly.pk, "title": title})
    assert Digest.objects.latest("pk").date == datetime(2026, 10, 29, 8, tzinfo=UTC)


def test_a_button_pressed_twice_makes_one_digest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"series": series().pk, "title": " 新的\u3000一期"}
    first, second = (client.post(f"{LIST}add/", sent) for _press in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert Digest.objects.count() == 1
    # What somebody else makes, and what is made later, is another digest.
    Digest.objects.update(date=PAST)
    signed_in(person()).post(f"{LIST}add/", sent)
    assert Digest.objects.count() == 2
    Digest.objects.filter(date__gt=PAST).update(date=PAST + timedelta(days=1))
    monkeypatch.setattr(digest_details, "SECOND_PRESS", timedelta(0))
    client.post(f"{LIST}add/", sent)
    assert Digest.objects.count() == 3


def test_the_date_is_the_series_clock_whatever_zone_the_editor_has(
    client: Client, editor: User
) -> None:
    editor.time_zone = "America/New_York"
    editor.save()
    digest = draft(date=datetime(2026, 11, 20, 0, 30, tzinfo=UTC))
    page = client.get(details(digest)).text
    assert 'value="2026-11-20"' in page
    assert 'value="08:30:00"' in page
    assert "Asia/Shanghai" in page
    client.post(details(digest), sent(digest, date_0="2026-11-21", date_1="09:00"))
    digest.refresh_from_db()
    assert digest.date == datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_is_refused(client: Client) -> None:
    digest = draft(series=series("london", time_zone="Europe/London"))
    answer = client.post(details(digest), sent(digest, date_0="2026-03-29", date_1="01:30"))
    assert "never show 2026-03-29 01:30" in errors(answer.text)


def test_an_hour_that_comes_twice_keeps_its_turn(client: Client) -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    digest = draft(series=series("london", time_zone="Europe/London"), date=second)
    client.post(details(digest), sent(digest, title="Another title"))
    digest.refresh_from_db()
    assert (digest.title, digest.date) == ("Another title", second)


@pytest.mark.parametrize("clock", [{"date_0": ""}, {"date_1": ""}, {"date_1": "25:00"}])
def test_half_a_date_is_refused(client: Client, clock: dict[str, str]) -> None:
    digest = draft()
    assert errors(client.post(details(digest), sent(digest, **clock)).text)


def test_categories_keep_their_order(client: Client) -> None:
    digest = draft(categories=("甲", "乙"))
    first, second = (Category.objects.get(name=name) for name in "甲乙")
    third = Category.objects.create(name="丙")
    client.post(
        details(digest),
        sent(digest, categories=[third.pk, "", second.pk, first.pk, third.pk]),
    )
    digest.refresh_from_db()
    assert digest.working_copy().document.categories == ("丙", "乙", "甲")
    client.post(details(digest), sent(digest, categories=[second.pk, third.pk, first.pk]))
    assert digest.working_copy().document.categories == ("乙", "丙", "甲")


def test_a_category_that_does_not_exist_is_refused(client: Client) -> None:
    digest = draft()
    assert errors(client.post(details(digest), sent(digest, categories=["999"])).text)


def test_saving_without_a_change_leaves_no_trace(client: Client) -> None:
    digest = draft(categories=("甲", "乙"), intro="开头")
    assert client.post(details(digest), sent(digest)).status_code == 302
    digest.refresh_from_db()
    assert digest.version == 1


def test_a_second_digest_of_the_same_date_and_title_is_refused(client: Client) -> None:
    draft(title="One")
    second = draft(title="Two")
    answer = client.post(details(second), sent(second, title="One"))
    assert "already has a digest" in errors(answer.text)


def test_status_is_never_a_field(client: Client) -> None:
    digest = draft(story())
    client.post(details(digest), sent(digest, title="New", status="published"))
    digest.refresh_from_db()
    assert (digest.title, digest.status) == ("New", "draft")


def test_what_is_past_draft_is_read_only(client: Client) -> None:
    for digest in (in_review(title="In review"), published(title="Published", intro="Intro")):
        page = client.get(details(digest)).text
        assert 'name="title"' not in page
        assert "Intro" in page
        assert 'name="do"' not in client.get(below(digest, "compose")).text
        assert digest.title in page
        refused = client.post(details(digest), sent(digest, title="Changed"))
        assert "not possible" in errors(refused.text)
        answer = press(client, digest, "remove", item=digest.placements.get().item_id)
        assert answer.status_code == 302
        assert digest.placements.exists()


# The stories


def test_stories_move_up_and_down_and_out(client: Client) -> None:
    items = [story(name) for name in ("a", "b", "c")]
    digest = draft(*items)
    answer = press(client, digest, "up", item=items[2].pk)
    assert answer.headers["Location"] == f"{below(digest, 'compose')}#item-{items[2].pk}"
    assert headlines(digest) == ["a", "c", "b"]
    press(client, digest, "down", item=items[0].pk)
    assert headlines(digest) == ["c", "a", "b"]
    # Beyond the ends nothing happens.
    press(client, digest, "up", item=items[2].pk)
    press(client, digest, "down", item=items[1].pk)
    assert headlines(digest) == ["c", "a", "b"]
    answer = press(client, digest, "remove", item=items[0].pk)
    assert answer.headers["Location"] == f"{below(digest, 'compose')}#stories"
    assert headlines(digest) == ["c", "b"]


def test_a_story_is_added_at_the_end_or_to_a_section(client: Client, editor: User) -> None:
    digest = draft(story("a"))
    digest = compose.add_section(digest, "模型", by=editor, version=digest.version)
    section = digest.sections.get()
    press(client, digest, "place", item=story("b").pk, section=section.pk)
    press(client, digest, "place", item=story("c", status=Item.Status.DRAFT).pk)
    assert headlines(digest) == ["a", "c", "b"]
    assert digest.placements.get(item__headline="b").section == section


def test_a_story_of_the_inbox_is_not_offered_and_shortlisted_when_it_is_added(
    client: Client,
) -> None:
    digest = draft()
    item = story("In the inbox", status=Item.Status.INBOX)
    assert "In the inbox" not in client.get(below(digest, "compose")).text
    assert press(client, digest, "place", item=item.pk).status_code == 302
    assert digest.placements.get().item == item
    item.refresh_from_db()
    assert item.status == Item.Status.DRAFT


def test_sections_are_added_named_moved_and_removed(client: Client) -> None:
    digest = draft(story("a"), story("b"))
    for heading in ("一", "二"):
        digest.refresh_from_db()
        data = {"version": digest.version, "heading": heading, "intro": f"{heading}的引言"}
        answer = client.post(below(digest, "add_section"), data)
        assert answer.headers["Location"] == f"{below(digest, 'compose')}#stories"
    first, second = digest.sections.all()
    item = digest.placements.get(item__headline="a").item
    press(client, digest, "move", item=item.pk, section=second.pk)
    assert headlines(digest) == ["b", "a"]
    press(client, digest, "earlier", section=second.pk)
    assert [s.heading for s in digest.sections.all()] == ["二", "一"]
    press(client, digest, "later", section=second.pk)
    assert [s.heading for s in digest.sections.all()] == ["一", "二"]
    digest.refresh_from_db()
    data = {"version": digest.version, "heading": "新名", "intro": "新的引言"}
    client.post(below(digest, "section", first.pk), data)
    first.refresh_from_db()
    assert (first.heading, first.intro) == ("新名", "新的引言")
    assert client.get(below(digest, "compose")).text.count(">Remove section</button>") == 2
    press(client, digest, "dissolve", section=second.pk)
    assert [s.heading for s in digest.sections.all()] == ["新名"]
    assert digest.placements.get(item=item).section == first
    press(client, digest, "move", item=item.pk, section="")
    assert digest.placements.get(item=item).section is None


def test_a_section_without_a_heading_is_refused_and_its_intro_kept(client: Client) -> None:
    digest = draft()
    data = {"version": digest.version, "heading": " ", "intro": "Kept intro"}
    answer = client.post(below(digest, "add_section"), data)
    assert errors(answer.text)
    assert "Kept intro" in answer.text


def test_composing_is_done_by_post_alone(client: Client) -> None:
    item = story()
    digest = draft(item)
    address = below(digest, "compose")
    asked = {"do": "remove", "item": str(item.pk)}
    client.get(address, asked | {"version": str(digest.version)})
    assert client.post(address, asked).status_code == 400
    assert digest.placements.exists()


def test_the_pool_serves_who_has_no_javascript(client: Client) -> None:
    standing, free = story("Stands there already"), story("量子芯片")
    story("Of another digest")
    draft(Item.objects.get(headline="Of another digest"))
    digest = draft(standing)

    def pool(**asked: str) -> str:
        page = client.get(below(digest, "compose"), asked).text
        form = re.search(r'<form class="pool".*?</form>', page, re.DOTALL)
        assert form
        return form[0]

    assert "量子芯片" in pool()
    assert "Stands there already" not in pool()
    assert "Of another digest" not in pool()
    assert "量子芯片" not in pool(q="another")
    assert "Of another digest" in pool(q="another")
    assert "Stands there already" not in pool(q="stands")
    assert "量子芯片" in pool(q="量子\0")
    press(client, digest, "place", item=free.pk)
    assert headlines(digest) == ["Stands there already", "量子芯片"]


# The gate


def test_a_digest_goes_its_way_by_buttons(client: Client, reviewer: Client) -> None:
    digest = draft(story())
    assert offered(client.get(below(digest, "compose")).text) == {"submit"}
    client.post(below(digest, "step", "submit"), {"version": digest.version, "note": "Ready"})
    digest.refresh_from_db()
    assert digest.status == "review"
    page = reviewer.get(below(digest, "compose")).text
    assert offered(page) == {"send_back"}
    assert "Ready" in page
    assert below(digest, "approve") in page
    assert below(digest, "approve") not in client.get(below(digest, "compose")).text
    reviewer.post(below(digest, "approve"), approval(reviewer, digest))
    digest.refresh_from_db()
    assert digest.status == "published"
    assert offered(reviewer.get(below(digest, "compose")).text) == {"correct", "withdraw"}
    assert offered(client.get(below(digest, "compose")).text) == set()
    reviewer.post(below(digest, "step", "correct"), {"version": digest.version})
    digest.refresh_from_db()
    page = reviewer.get(below(digest, "compose")).text
    assert offered(page) == {"submit", "abandon", "withdraw"}
    reviewer.post(below(digest, "step", "abandon"), {"version": digest.version})
    digest.refresh_from_db()
    assert digest.status == "published"


def approval(client: Client, digest: Digest) -> dict[str, str]:
    """What the page of an approval sends as it was shown."""
    page = client.get(below(digest, "approve")).text
    return dict(re.findall(r'name="(version|sha256)" value="(\w+)"', page)) | {"note": "Read"}


def test_the_approval_shows_exactly_what_it_approves(reviewer: Client) -> None:
    digest = in_review(story("标题 & 副题", body="**加粗**的正文。"))
    page = reviewer.get(below(digest, "approve")).text
    assert "[标题 &amp; 副题-Mira Okafor](https://example.org/" in page
    assert below(digest, "frame") in page
    reviewer.post(below(digest, "approve"), approval(reviewer, digest))
    digest.refresh_from_db()
    move = digest.history.get(action="approve")
    assert (digest.live_revision, move.note) == (move.revision, "Read")


def test_a_text_that_changed_meanwhile_is_shown_again(reviewer: Client, editor: User) -> None:
    item = story()
    digest = in_review(item)
    seen = approval(reviewer, digest)
    item.refresh_from_db()
    item = items.edit(item, item.entry().__class__("新标题"), by=editor, version=3)
    items.approve(item, by=editor, version=item.version)
    answer = reviewer.post(below(digest, "approve"), seen)
    assert "Read it again" in errors(answer.text)
    assert "Read</textarea>" in answer.text
    assert seen["sha256"] not in answer.text
    assert "新标题" in answer.text
    digest.refresh_from_db()
    assert digest.status == "review"
    reviewer.post(below(digest, "approve"), approval(reviewer, digest))
    digest.refresh_from_db()
    assert digest.status == "published"


def test_the_approval_names_what_is_to_be_corrected_first(reviewer: Client) -> None:
    digest = in_review(
        story("Not approved", status=Item.Status.DRAFT, body="[x](http://localhost/y)")
    )
    page = reviewer.get(below(digest, "approve")).text
    assert "works on this site only" in page
    assert "Not approved yet" in page
    assert "cannot be approved yet" in page
    assert "Approve this version" not in page
    data = {"version": digest.version, "sha256": shown(digest)}
    answer = reviewer.post(below(digest, "approve"), data)
    assert "“Not approved” is not approved yet." in errors(answer.text).replace("&quot;", '"')


def test_where_there_is_no_file_the_approval_says_why(reviewer: Client) -> None:
    digest = spoiled(in_review())
    page = reviewer.get(below(digest, "approve")).text
    assert '<li class="error">' in page
    assert "There is no file yet" in page
    assert '<pre class="file"' not in page
    assert "Approve this version" not in page


def test_a_remark_does_not_keep_a_digest_from_being_approved(reviewer: Client) -> None:
    digest = in_review(story(body="[x](http://localhost/y)"))
    page = reviewer.get(below(digest, "approve")).text
    assert "works on this site only" in page
    assert "Approve this version" in page
    assert "cannot be approved yet" not in page


def test_a_draft_is_checked_before_it_is_submitted(client: Client, editor: User) -> None:
    item = story("Not approved", status=Item.Status.DRAFT, body="[x](http://localhost/y)")
    digest = draft(item, by=editor)
    page = client.get(below(digest, "findings")).text
    assert "works on this site only" in page
    assert re.search(r"Not approved</a>.*Not approved yet", page, re.DOTALL)
    assert f'href="{below(item, "write")}?digest={digest.pk}"' in page


def test_a_draft_without_fault_says_nothing_of_it(client: Client) -> None:
    page = client.get(below(draft(story()), "findings")).text
    assert 'class="findings"' not in page
    assert "Not approved yet:" not in page


def test_the_approval_shows_what_changed_since_the_last_review(
    reviewer: Client, editor: User
) -> None:
    item = story("旧标题")
    digest = in_review(item, by=editor)
    assert "First review." in reviewer.get(below(digest, "approve")).text
    data = {"version": digest.version, "note": "Again"}
    reviewer.post(below(digest, "step", "send_back"), data)
    digest.refresh_from_db()
    item.refresh_from_db()
    entry = item.entry().__class__("新标题", item.byline, item.url, item.body)
    items.edit(item, entry, by=editor, version=item.version)
    lifecycle.submit(digest, by=editor, version=digest.version)
    page = reviewer.get(below(digest, "approve")).text
    assert "<del>旧</del><ins>新</ins>标题" in page


def submitted_as(digest: Digest, by: User, title: str, date: datetime) -> Digest:
    digest = compose.edit(
        digest, by=by, version=digest.version,
        title=title, date=date, categories=[], intro="", outro="",
    )  # fmt: skip
    return lifecycle.submit(digest, by=by, version=digest.version)


def test_a_correction_is_shown_against_what_readers_see(reviewer: Client, editor: User) -> None:
    digest = published(title="旧标题", categories=())
    by = person(REVIEWER)
    digest = lifecycle.correct(digest, by=by, version=digest.version)
    digest = submitted_as(digest, editor, "新标题", datetime(2026, 11, 21, tzinfo=UTC))
    digest = lifecycle.send_back(digest, by=by, version=digest.version, note="Not so")
    digest = lifecycle.submit(digest, by=editor, version=digest.version)
    page = reviewer.get(below(digest, "approve")).text
    assert "Since revision 1, which readers see." in page
    assert "<del>旧</del><ins>新</ins>标题" in page
    assert "<del>2026-11-20</del><ins>2026-11-21</ins> 08:00:00 +08:00" in page


def test_a_digest_is_shown_against_what_was_judged_last(reviewer: Client, editor: User) -> None:
    digest = published(title="旧标题", categories=())
    by = person(REVIEWER)
    digest = lifecycle.withdraw(digest, by=by, version=digest.version, note="Wrong")
    digest = lifecycle.reopen(digest, by=by, version=digest.version)
    digest = lifecycle.submit(digest, by=editor, version=digest.version)
    page = reviewer.get(below(digest, "approve")).text
    assert "Nothing changed since revision 1." in page
    assert 'class="diff"' not in page
    digest = lifecycle.send_back(digest, by=by, version=digest.version, note="Not so")
    digest = submitted_as(digest, editor, "新标题", digest.date)
    page = reviewer.get(below(digest, "approve")).text
    assert "Since revision 1 (" in page
    assert "<del>旧</del><ins>新</ins>标题" in page
    digest = lifecycle.send_back(digest, by=by, version=digest.version, note="Not so")
    digest = lifecycle.submit(digest, by=editor, version=digest.version)
    assert "Nothing changed since revision 2." in reviewer.get(below(digest, "approve")).text


def test_who_may_not_approve_does_not_get_the_page(client: Client) -> None:
    digest = in_review()
    assert client.get(below(digest, "approve")).headers["Location"] == below(digest, "compose")
    data = {"version": digest.version, "sha256": "x" * 64}
    client.post(below(digest, "approve"), data)
    digest.refresh_from_db()
    assert digest.status == "review"


def test_sending_back_and_withdrawing_need_a_note(reviewer: Client) -> None:
    for digest, step in [(in_review(), "send_back"), (published(), "withdraw")]:
        before = digest.status
        address = below(digest, "step", step)
        assert errors(reviewer.post(address, {"version": digest.version}).text)
        digest.refresh_from_db()
        assert digest.status == before
        reviewer.post(address, {"version": digest.version, "note": "The reason"})
        digest.refresh_from_db()
        assert digest.status != before
        assert "The reason" in reviewer.get(below(digest, "compose")).text


def test_a_correction_that_was_given_up_is_named_as_it_reads_again(
    reviewer: Client, editor: User
) -> None:
    digest = published(title="Kept", categories=())
    digest = lifecycle.correct(digest, by=person(REVIEWER), version=digest.version)
    digest = compose.edit(
        digest, by=editor, version=digest.version,
        title="Discarded", date=digest.date, categories=[], intro="", outro="",
    )  # fmt: skip
    data = {"version": digest.version}
    page = reviewer.post(below(digest, "step", "abandon"), data, follow=True).text
    assert "The correction of “Kept” is abandoned." in page
    assert "“Discarded”" not in page


def test_a_note_is_shown_until_it_was_judged_again(
    client: Client, reviewer: Client, editor: User
) -> None:
    digest = in_review(by=editor)
    data = {"version": digest.version, "note": "Not so"}
    reviewer.post(below(digest, "step", "send_back"), data)
    assert "<strong>rita</strong> sent back" in client.get(below(digest, "compose")).text
    assert "Not so" in client.get(below(digest, "compose")).text
    press(client, digest, "place", item=story().pk)
    assert "Not so" in client.get(below(digest, "compose")).text
    digest.refresh_from_db()
    client.post(below(digest, "step", "submit"), {"version": digest.version})
    assert "Not so" in client.get(below(digest, "compose")).text
    approve(digest)
    assert "Not so" not in client.get(below(digest, "compose")).text


def test_an_editor_takes_back_only_what_they_submitted(client: Client, editor: User) -> None:
    own, others = in_review(by=editor), in_review(by=person())
    assert offered(client.get(below(own, "compose")).text) == {"take_back"}
    assert offered(client.get(below(others, "compose")).text) == set()
    page = client.post(below(own, "step", "take_back"), {"version": own.version}, follow=True)
    assert page.redirect_chain == [(below(own, "compose"), 302)]
    assert "is taken back: you can change it again." in page.text


def test_an_owner_sends_back_what_somebody_else_submitted(client: Client, editor: User) -> None:
    digest = draft(story(), by=editor)
    lifecycle.submit(digest, by=person(), version=digest.version)
    assert offered(client.get(below(digest, "compose")).text) == {"send_back"}


def test_a_reviewer_sends_back_or_takes_back_what_they_submitted(reviewer: Client) -> None:
    digest = in_review(by=User.objects.get(username="rita"))
    assert offered(reviewer.get(below(digest, "compose")).text) == {"take_back", "send_back"}


def test_a_published_digest_says_when_the_working_copy_differs(
    reviewer: Client, editor: User
) -> None:
    digest = published(story("Old"))
    digest = lifecycle.correct(digest, by=digest.history.latest("pk").actor, version=digest.version)
    page = reviewer.get(below(digest, "findings")).text
    assert "Readers see revision 1." in page
    assert "differs from it" not in page
    compose.place(digest, story("New"), by=editor, version=digest.version)
    assert "differs from it" in reviewer.get(below(digest, "findings")).text


def test_looking_at_the_gate_changes_nothing(reviewer: Client) -> None:
    digest = in_review()
    for name in ("submit", "send_back", "publish", "correct", "abandon", "withdraw", "reopen"):
        reviewer.get(below(digest, "step", name))
    reviewer.get(below(digest, "approve"))
    assert reviewer.get(below(digest, "restore")).status_code == 405
    digest.refresh_from_db()
    assert (digest.status, digest.version) == ("review", 3)


# The history


def test_the_history_compares_any_two_revisions_and_restores_one(
    reviewer: Client, editor: User
) -> None:
    item = story("旧标题")
    digest = published(item)
    reviewer.post(below(digest, "step", "correct"), {"version": digest.version})
    digest.refresh_from_db()
    item.refresh_from_db()
    entry = item.entry().__class__("新标题", item.byline, item.url, item.body)
    items.edit(item, entry, by=editor, version=item.version)
    digest = lifecycle.submit(digest, by=editor, version=digest.version)
    page = reviewer.get(below(digest, "history")).text
    assert "<del>旧</del><ins>新</ins>标题" in page
    assert 'name="number"' not in page
    turned = reviewer.get(below(digest, "history"), {"old": "2", "new": "1"}).text
    assert "<del>新</del><ins>旧</ins>标题" in turned
    reviewer.get(below(digest, "history"), {"old": "x", "new": "99"})
    data = {"version": digest.version, "note": "Back"}
    reviewer.post(below(digest, "step", "send_back"), data)
    digest.refresh_from_db()
    assert 'name="number"' in reviewer.get(below(digest, "history")).text
    reviewer.post(below(digest, "restore"), {"version": digest.version, "number": 1})
    assert headlines(digest) == ["旧标题"]
    assert digest.history.latest("pk").action == "restore"


def test_the_history_reads_no_more_documents_than_it_compares(reviewer: Client) -> None:
    digest = published(title="标题")
    by = person(REVIEWER)
    for number in range(3):
        digest = lifecycle.correct(digest, by=by, version=digest.version)
        digest = compose.edit(
            digest, by=by, version=digest.version,
            title=f"标题{number}", date=digest.date, categories=[], intro="", outro="",
        )  # fmt: skip
        digest = approve(lifecycle.submit(digest, by=by, version=digest.version))
    with CaptureQueriesContext(connection) as asked:
        page = reviewer.get(below(digest, "history")).text
    assert re.findall(r"<span class=\"what\">(标题\d?)", page) == [
        "标题2",
        "标题1",
        "标题0",
        "标题",
    ]
    read = re.findall(r'(?<!\()"digests_revision"\."(document|text)"(?:,| FROM)', sql(asked))
    assert read == ["document", "document"]


def test_the_list_of_exported_files_reads_no_document(reviewer: Client) -> None:
    digest = published()
    ExportedFile.objects.create(
        path=path_of(digest), revision=live_revision(digest), sha256="", state="written"
    )
    with CaptureQueriesContext(connection) as asked:
        assert digest.title in reviewer.get("/admin/digests/exportedfile/").text
    assert not re.search(r'"digests_revision"\."(document|text)"', sql(asked))


def test_why_a_file_is_not_written_is_said_in_the_language_of_whoever_reads_it(root: Path) -> None:
    edited, withdrawn_one, in_the_way, linked, blocked = (published() for _ in range(5))
    published(series=series("weekly", path_pattern="weekly/{date:%Y-%m-%d-%H%M}.md"))
    root.mkdir()
    (root / "weekly").write_text("own text")
    (root / path_of(in_the_way)).write_text("own text")
    (root / path_of(linked)).symlink_to(root)
    (root / path_of(blocked)).mkdir()
    sweep()
    for digest in (edited, withdrawn_one):
        (root / path_of(digest)).write_text("by hand")
    withdrawn(withdrawn_one)
    sweep()
    page = signed_in(person(REVIEWER, language="zh-hans")).get("/admin/digests/exportedfile/").text
    for reason in (
        "有人手动修改了此文件。请将其移走，下一次同步会重新写入。",
        "有人手动修改了此文件。其内容已不再公开，请将其移走。",
        "此处有一个并非由 Newsroom 写入的文件。请将其移走，下一次同步会写入本站导出的文件。",
        "此处有一个同名的符号链接。",
        "此处的内容不是普通文件。",
        "此处需要文件夹“weekly”，但已被其他内容占用。",
    ):
        assert page.count(reason) == 1, reason
    english = signed_in(person(REVIEWER, language="en")).get("/admin/digests/exportedfile/").text
    assert "A symbolic link has its name." in english


def test_the_preview_is_in_the_language_of_the_series(client: Client) -> None:
    digest = draft()
    digest = compose.add_section(digest, "研究", by=person(EDITOR), version=digest.version)
    section = digest.sections.get()
    for address, count in [
        (details(digest), 2),
        (below(digest, "section", section.pk), 1),
    ]:
        fields = re.findall(r"<textarea[^>]*>", client.get(address).text)
        assert [' lang="zh-hans"' in field for field in fields] == [True] * count


def test_the_history_is_escaped(reviewer: Client) -> None:
    digest = in_review(story("<script>alert(1)</script>"))
    for page in ("history", "approve", "frame"):
        assert "<script>alert" not in reviewer.get(below(digest, page)).text


def test_only_an_untouched_digest_can_be_deleted(client: Client) -> None:
    fresh, touched = draft(), draft(story())
    assert below(fresh, "delete") in client.get(details(fresh)).text
    assert below(touched, "delete") not in client.get(details(touched)).text
    assert ">Delete</button>" in client.get(below(fresh, "delete")).text
    elsewhere = client.get(below(touched, "delete"))
    assert elsewhere.headers["Location"] == below(touched, "compose")
    assert Digest.objects.count() == 2
    for digest, said in [(fresh, "” deleted."), (touched, "has a history")]:
        data = {"version": digest.version}
        assert said in client.post(below(digest, "delete"), data, follow=True).text
    assert list(Digest.objects.all()) == [touched]


def test_the_admin_has_no_form_of_its_own_for_digests(client: Client) -> None:
    digest = draft(story(), title="One")
    page = client.get(LIST).text
    assert f'href="{below(digest, "compose")}"' in page
    assert f'href="{LIST}add/"' in page
    for old in (f"{LIST}{digest.pk}/", change(digest)):
        assert client.get(old).headers["Location"] == below(digest, "compose")
        client.post(old, {"title": "Changed", "_save": "Save"})
    digest.refresh_from_db()
    assert digest.title == "One"


def test_compose_leads_to_what_a_digest_has_around_its_stories(client: Client) -> None:
    digest = draft(story())
    page = client.get(below(digest, "compose")).text
    for name in ("details", "history", "reader"):
        assert f'href="{below(digest, name)}"' in page


# The preview


def test_the_preview_shows_the_working_copy_as_readers_would_see_it(client: Client) -> None:
    digest = draft(story("标题", body="**加粗**"), title="工作稿")
    assert below(digest, "frame") in client.get(below(digest, "reader")).text
    frame = client.get(below(digest, "frame"))
    assert "<strong>加粗</strong>" in frame.text
    assert "工作稿" in frame.text
    assert 'lang="zh-hans"' in frame.text


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Shanghai"])
def test_the_preview_prints_the_date_as_the_public_page_does(client: Client, zone: str) -> None:
    digest = published(series=series("local", time_zone=zone))
    dateline = re.compile(r'<p class="dateline">.*?</p>', re.DOTALL)
    (shown,) = dateline.findall(client.get(below(digest, "frame")).text)
    assert [shown] == dateline.findall(client.get(digest.get_absolute_url()).text)


def test_the_preview_stands_in_our_own_frames_only_and_runs_nothing(client: Client) -> None:
    answer = client.get(below(draft(story()), "frame"))
    policy = answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "<script" not in answer.text
    # Nor does a way lead on through the site, whose other pages refuse the frame.
    assert not re.search(r"<a[^>]* href=\"/", answer.text)


def test_every_other_page_stands_in_no_frame(client: Client) -> None:
    digest = draft(story())
    for address in (LIST, *(below(digest, name) for name in ("details", "reader", "history"))):
        answer = client.get(address)
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        # Nothing inline, so that the policy breaks nothing.
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script>", answer.text)


def test_who_has_no_role_sees_no_digest() -> None:
    digest = in_review()
    stranger = person(None, username="stranger")
    stranger.is_staff = True
    stranger.save()
    client = signed_in(stranger)
    for name in (
        *("details", "delete", "approve", "history", "reader", "frame", "findings"),
        "add_section",
    ):
        assert client.get(below(digest, name)).status_code == 403
    assert client.get(below(digest, "lost_row", story().pk)).status_code == 403
    for name in ("compose", "restore", "details", "delete"):
        assert client.post(below(digest, name), {"version": 1}).status_code == 403
