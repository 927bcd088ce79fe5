"""The inbox: what it shows, what its buttons do, and for whom."""

import re
from datetime import timedelta
from html import unescape
from typing import Unpack

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digests.accounts.roles import EDITOR
from digests.editorial import collaboration, items
from digests.models import Claim, Item, User
from tests.factories import ItemFields, draft, in_review, person, published, source, story
from tests.screens import Response, errors, is_refused, messages_of, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

INBOX = "/admin/inbox/"


@pytest.fixture
def client(ann: User) -> Client:
    return signed_in(ann)


def shown(client: Client, **asked: str | int) -> list[str]:
    page = client.get(INBOX, asked)
    assert page.status_code == 200
    return [item.headline for item in page.context["candidates"].rows]


def allow(user: User, *codenames: str) -> None:
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def candidate(headline: str = "", **fields: Unpack[ItemFields]) -> Item:
    return story(headline, status=Item.Status.INBOX, **fields)


def test_what_came_last_comes_first_or_what_was_posted_last_if_that_is_chosen(
    client: Client,
) -> None:
    now = timezone.now()
    candidate("现在")
    candidate("一小时前", posted_at=now - timedelta(hours=1))
    candidate("昨天", posted_at=now - timedelta(days=1))
    assert shown(client) == ["昨天", "一小时前", "现在"]
    assert shown(client, order="appeared") == ["现在", "一小时前", "昨天"]


def test_the_filter_of_the_address_chooses(client: Client, ann: User) -> None:
    mira = source("Mira")
    old = candidate("旧闻", source=mira, posted_at=timezone.now() - timedelta(hours=9))
    new = candidate("新闻")
    story("入选", status=Item.Status.DRAFT)
    collaboration.claim(new, by=ann)
    assert shown(client, source=mira.pk) == ["旧闻"]
    assert shown(client, hours=4) == ["新闻"]
    assert shown(client, mine="on") == ["新闻"]
    assert shown(client, state="draft") == ["入选"]
    assert set(shown(client, state="all")) == {"旧闻", "新闻", "入选"}
    assert shown(client, language="en") == []
    assert shown(client, q="旧 example.org") == ["旧闻"]
    assert shown(client, q="没有") == []
    assert old.status == Item.Status.INBOX


@pytest.mark.parametrize(
    "asked", [{"state": "?"}, {"source": "x"}, {"p": "-3"}, {"hours": "1e9"}, {"q": "\0"}]
)
def test_an_address_that_asks_nonsense_shows_the_inbox(
    client: Client, asked: dict[str, str]
) -> None:
    candidate("新闻")
    assert shown(client, **asked) == ["新闻"]


def test_past_the_last_page_it_shows_the_last(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digests.desk.candidates.ON_A_PAGE", 2)
    for headline in ("一", "二", "三"):
        candidate(headline)
    page = client.get(INBOX, {"p": 9})
    assert [item.headline for item in page.context["candidates"].rows] == ["一"]
    assert 'data-total="3"' in page.text
    assert "?p=1" in page.text and "?p=10" not in page.text
    Item.objects.all().delete()
    assert 'data-total="0"' in client.get(INBOX, {"p": 2}).text


def test_a_row_offers_what_may_be_done_with_it(client: Client, ann: User) -> None:
    def acts(**given: str | int) -> dict[str, set[str]]:
        rows = client.get(INBOX, {"state": "all", **given}).context["candidates"].rows
        return {item.headline: set(item.acts) for item in rows}

    placed = story("放入的", status=Item.Status.DRAFT)
    collaboration.set_current_digest(draft(placed, by=ann), by=ann)
    new, mine = candidate("新的"), story("我的")
    collaboration.claim(mine, by=ann)
    old = candidate("旧的")
    items.reject(old, by=ann, version=old.version, reason="old")
    assert acts() == {
        "新的": {"shortlist", "reject", "place", "next", "claim"},
        "放入的": {"approve", "reject", "claim"},
        "我的": {"place", "next", "release"},
        "旧的": {"reopen"},
    }
    ann.groups.clear()
    allow(ann, "view_item", "change_item")
    assert acts(state="inbox") == {new.headline: {"shortlist", "reject", "claim"}}


def test_a_story_that_ran_before_or_stands_in_a_draft_says_so(client: Client) -> None:
    published(story("推理模型"), title="上一期")
    candidate("推理 模型！")
    draft(placed := story("已放入", status=Item.Status.DRAFT), title="下一期")
    page = client.get(INBOX, {"state": "all"}).text
    assert "ran in “上一期”" in page
    assert "in “下一期”" in page
    assert placed.status == Item.Status.DRAFT


def test_a_rejected_story_says_who_rejected_it_and_why(client: Client, ann: User) -> None:
    item = candidate("旧闻")
    items.reject(item, by=ann, version=item.version, reason="old", note="上周")
    page = client.get(INBOX, {"state": "rejected"}).text
    assert "old · 上周 · Ann" in page


def test_others_see_a_claim_until_it_ends(client: Client) -> None:
    noor, item = person(first_name="Noor"), candidate()
    collaboration.claim(item, by=noor)
    assert "● Noor" in client.get(INBOX).text
    Claim.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert "● Noor" not in client.get(INBOX).text


def test_it_asks_the_same_questions_whatever_it_holds(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(INBOX).status_code == 200
        return len(asked)

    def fill(count: int) -> None:
        for number in range(count):
            item = candidate(source=source(f"Source {Item.objects.count()}"))
            if number % 2:
                collaboration.claim(item, by=person())

    ann = client.get(INBOX).context["user"]
    collaboration.set_current_digest(draft(), by=ann)
    fill(3)
    few = queries()
    fill(57)
    # One for the bar of slots, and one for the next of each series.
    assert queries() == few <= 14
    Item.objects.bulk_create(
        Item(headline=f"{number}", headline_key=f"{number}", language="en")
        for number in range(2000)
    )
    assert queries() == few
    assert client.get(INBOX).context["candidates"].total == 2060


def post(
    client: Client, do: str, *items: Item, address: str = "", script: bool = False, **given: object
) -> Response:
    sent = {"do": do, "item": [item.pk for item in items], **given}
    sent |= {f"version-{item.pk}": item.version for item in items}
    headers = {"X-Fragment": "1"} if script else {}
    return client.post(f"{INBOX}{address}", sent, headers=headers)


def statuses(*items: Item) -> list[str]:
    return [Item.objects.get(pk=item.pk).status for item in items]


def test_a_button_acts_on_its_row_and_leads_back_to_the_same_list(client: Client) -> None:
    item = candidate()
    answer = post(client, "shortlist", item, address="?state=inbox&q=a%26b")
    assert statuses(item) == ["draft"]
    assert answer["Location"] == f"{INBOX}?state=inbox&q=a%26b"


def test_a_script_gets_the_list_of_its_address_as_it_is_now(client: Client) -> None:
    gone, left = candidate("新一"), candidate("新二")
    candidate("别的")
    answer = post(client, "shortlist", gone, address="?q=新", script=True)
    assert [item.headline for item in answer.context["candidates"].rows] == [left.headline]
    regions = set(re.findall('data-region="(.*?)"', answer.text))
    assert regions == {"states", "head", "list", "pages", "place", "current"}
    assert messages_of(answer) == ["Shortlisted: 新一"]


def test_the_ticked_are_rejected_together_and_a_refused_one_keeps_no_other_back(
    client: Client,
) -> None:
    a, b, stale = candidate(), candidate(), candidate("别人改过")
    items.shortlist(stale, by=person(), version=stale.version)
    answer = post(client, "reject", a, b, stale, reason="off-topic")
    assert statuses(a, b, stale) == ["rejected", "rejected", "draft"]
    page = client.get(answer["Location"]).text
    assert "Rejected: 2 stories. 1 was left out: " in page and "别人改过" in page


def test_a_refusal_of_the_bulk_bar_gives_ticks_and_reason_back(client: Client) -> None:
    one, two, other = candidate("One"), candidate("Two"), candidate("Other")
    sent: dict[str, object] = {f"version-{each.pk}": each.version for each in (one, two, other)}
    sent |= {"do": "reject", "item": [one.pk, two.pk], "reason": "other", "note": " "}
    answer = client.post(INBOX + "?hours=24", sent)
    assert "reason" in errors(answer.text)
    ticked = re.findall(r'name="item" value="(\d+)" checked', answer.text)
    assert {int(pk) for pk in ticked} == {one.pk, two.pk}
    assert '<option value="other" selected>' in answer.text
    assert 'name="hours"' in answer.text
    # And what was typed, where the ticks were forgotten.
    answer = client.post(INBOX, {"do": "reject", "reason": "promotion", "note": "An “ad”"})
    assert "Select some stories first." in answer.text
    assert '<option value="promotion" selected>' in answer.text
    assert 'name="note" value="An “ad”"' in answer.text


def test_a_story_goes_into_the_current_digest(client: Client, ann: User) -> None:
    digest, item = draft(by=ann), candidate()
    collaboration.set_current_digest(digest, by=ann)
    shown = client.get(INBOX).text
    assert f'name="digest" value="{digest.pk}"' in shown
    post(client, "place", item, digest=digest.pk)
    assert list(digest.items.all()) == [item]
    assert statuses(item) == ["draft"]


def test_a_story_goes_into_the_digest_that_was_current_when_the_page_was_shown(
    client: Client, ann: User
) -> None:
    shown, opened_later, item = draft(by=ann, title="周报"), draft(by=ann), candidate("新闻")
    collaboration.set_current_digest(opened_later, by=ann)
    answer = post(client, "place", item, digest=shown.pk, script=True)
    assert messages_of(answer) == ["Added to “周报”: 新闻"]
    assert list(shown.items.all()) == [item]
    assert not opened_later.placements.exists()


def test_a_digest_that_has_gone_meanwhile_is_told_of(client: Client) -> None:
    digest, item = draft(), candidate()
    digest.delete()
    answer = post(client, "place", item, digest=9999, script=True)
    assert is_refused(answer)
    assert messages_of(answer) == ["This is no longer here. Reload the page."]
    assert statuses(item) == ["inbox"]


@pytest.mark.parametrize("do", ["explode", "place", "shortlist:1", ""])
def test_a_button_that_is_none_does_nothing(client: Client, do: str) -> None:
    item = candidate()
    assert post(client, do, item).status_code == 400
    assert statuses(item) == ["inbox"]


@pytest.mark.parametrize("version", ["", "x"])
def test_a_story_without_its_version_is_left_as_it_is(client: Client, version: str) -> None:
    item = candidate()
    sent = {"do": "shortlist", "item": item.pk, f"version-{item.pk}": version}
    assert client.post(INBOX, sent).status_code == 400
    assert statuses(item) == ["inbox"]


def test_an_act_on_nothing_asks_to_select_stories(client: Client) -> None:
    answer = post(client, "shortlist", script=True)
    assert is_refused(answer)
    assert messages_of(answer) == ["Select some stories first."]


def test_who_may_only_look_acts_on_nothing(client: Client, ann: User) -> None:
    item = candidate()
    ann.groups.clear()
    allow(ann, "view_item")
    assert 'name="item"' not in client.get(INBOX).text
    by_script = post(client, "shortlist", item, script=True)
    assert is_refused(by_script)
    assert messages_of(by_script) == ["You don’t have permission to do this."]
    without = post(client, "shortlist", item)
    assert "You don’t have permission to do this." in unescape(client.get(without["Location"]).text)
    assert statuses(item) == ["inbox"]
    ann.user_permissions.clear()
    assert client.get(INBOX).status_code == 403
    assert client.get("/api/desk/items/").status_code == 403


def test_a_paste_makes_items_and_keeps_the_wrong_lines(client: Client) -> None:
    lines = "好新闻 https://example.org/a\n没有链接\nhttps:///x"
    answer = client.post("/admin/paste/", {"text": lines})
    assert set(Item.objects.values_list("headline", flat=True)) == {"好新闻", "没有链接"}
    assert answer.context["paste_form"]["text"].value() == "https:///x"
    # As the line is numbered that is left in the box.
    assert "Line 1: The address has no host." in answer.text
    assert "1 line without a link became a headline." in " ".join(answer.text.split())


def test_several_known_links_are_shown_with_who_rejected_them_and_why(client: Client) -> None:
    noor = person(first_name="Noor")
    old = [story(status=Item.Status.INBOX) for _number in range(2)]
    for item in old:
        items.reject(item, by=noor, version=item.version, reason="old")
    answer = client.post("/admin/paste/", {"text": "\n".join(item.url for item in old)})
    known = answer.text.partition("2 stories already known")
    assert known[0].rstrip().endswith("<details open>\n        <summary>")
    assert known[2].count("rejected by Noor: old") == 2


def test_a_row_shows_its_host_and_the_first_line_of_its_original(client: Client) -> None:
    where = "https://www.example.org/a"
    story("标题", url=where, captured="标题。\n第二句。", status=Item.Status.INBOX)
    html = client.get(INBOX).text
    assert '<span class="host">example.org</span>' in html
    assert re.search(r'<p class="first-line"[^>]*>第二句。</p>', html)


def test_source_language_and_byline_are_changed_in_many_stories_at_once_and_back(
    client: Client,
) -> None:
    mira, other = source("Mira"), source("Other")
    a = candidate("甲", source=other)
    b = story("乙", byline="旧", status=Item.Status.INBOX)
    stale = candidate("丙")
    given = {"source": str(mira.pk), "language": "en", "byline": "Mira"}
    items.shortlist(stale, by=person(first_name="Noor"), version=stale.version)
    answer = post(client, "edit", a, b, stale, script=True, **given)
    (message,) = messages_of(answer)
    assert message.startswith("Changed: 2 stories. 1 was left out: Noor changed “丙”")
    for item in (a, b):
        item.refresh_from_db()
        assert (item.source, item.language, item.byline) == (mira, "en", "Mira")
    post(client, "undo", script=True)
    for item, was in ((a, (other, "Mira Okafor")), (b, (None, "旧"))):
        item.refresh_from_db()
        assert (item.source, item.byline) == was
        assert item.language == "zh-hans"


def test_of_an_edit_what_is_left_empty_stays(client: Client) -> None:
    item = candidate("甲", source=source("Mira"))
    post(client, "edit", item, source="0", script=True)
    item.refresh_from_db()
    assert (item.source, item.language, item.byline) == (None, "zh-hans", "Mira Okafor")
    answer = post(client, "edit", item, script=True)
    assert messages_of(answer) == ["Choose what to change."]
    answer = post(client, "edit", item, byline="长" * 201, script=True)
    assert messages_of(answer)[0].startswith("Byline: ")
    assert item.history.filter(action="edit").count() == 1


def test_an_edit_of_many_leaves_out_approved_stories_that_would_become_drafts(
    client: Client,
) -> None:
    waiting, approved = candidate("甲"), [story("乙"), story("丙")]
    answer = post(client, "edit", waiting, *approved, byline="量子位", script=True)
    why = "An approved story would become a draft again: change its byline in the story itself."
    assert messages_of(answer) == [f"Changed: 甲. 2 were left out: {why}"]
    assert statuses(waiting, *approved) == ["inbox", "approved", "approved"]
    english = post(client, "edit", *approved, language="en", script=True)
    assert messages_of(english) == ["Changed: 2 stories"]
    assert statuses(*approved) == ["approved", "approved"]


def test_an_edit_that_changes_nothing_is_told_of_as_such_and_not_undone(client: Client) -> None:
    same = candidate("甲")
    other = story("乙", byline="别人", status=Item.Status.INBOX)
    answer = post(client, "edit", same, byline=same.byline, script=True)
    assert is_refused(answer)
    assert messages_of(answer) == ["Nothing was changed: the stories are like this already."]
    answer = post(client, "edit", same, other, byline=same.byline, script=True)
    assert messages_of(answer) == ["Changed: 乙"]
    assert messages_of(post(client, "undo", script=True)) == ["Undone: 乙"]


def test_a_session_keeps_of_an_edit_only_what_it_changed_once_for_each_former_value(
    client: Client,
) -> None:
    a, b = candidate("甲"), candidate("乙")
    c = story("丙", byline="别人", status=Item.Status.INBOX)
    post(client, "edit", a, c, byline="量子位", script=True)
    post(client, "edit", b, byline="量子位", script=True, continues="1")
    [act] = client.session["triage"]
    assert act["before"] == {"byline": {"Mira Okafor": [a.pk, b.pk], "别人": [c.pk]}}
    Item.objects.filter(pk=a.pk).update(language="en")
    assert messages_of(post(client, "undo", script=True)) == ["Undone: 3 stories"]
    bylines = dict(Item.objects.values_list("headline", "byline"))
    assert bylines == {"甲": "Mira Okafor", "乙": "Mira Okafor", "丙": "别人"}
    assert Item.objects.get(pk=a.pk).language == "en"


def test_an_edit_of_more_stories_than_can_be_undone_is_refused_as_a_whole(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digests.desk.undo.MAX_ROWS", 2)
    waiting = [candidate("甲"), candidate("乙"), candidate("丙")]
    refusal = "At most 2 stories can be changed at once, so that it can be undone. You selected 3."
    answer = post(client, "edit", *waiting, byline="量子位", script=True)
    assert is_refused(answer)
    assert messages_of(answer) == [refusal]
    # Portions tell how many stories there are in all.
    answer = post(client, "edit", waiting[0], byline="量子位", script=True, selected="3")
    assert messages_of(answer) == [refusal]
    assert not Item.objects.filter(byline="量子位").exists()
    answer = post(client, "edit", *waiting[:2], byline="量子位", script=True, selected="2")
    assert messages_of(answer) == ["Changed: 2 stories"]


def test_the_api_finds_whatever_the_inbox_would_show_on_all_its_pages(
    client: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digests.desk.candidates.ON_A_PAGE", 1)
    new, older, other = candidate("新"), candidate("新二"), story("别的", status=Item.Status.DRAFT)
    collaboration.claim(new, by=ann)
    asked = [
        ("", {new, older}),
        ("state=draft", {other}),
        ("mine=on", {new}),
        ("q=二&source=x&p=7&view=cards", {older}),
    ]
    for address, found in asked:
        rows = client.get(f"/api/desk/items/?{address}").json()["rows"]
        assert {(row["id"], row["version"]) for row in rows} == {(i.pk, i.version) for i in found}


def test_it_is_told_what_was_done_to_many_and_what_was_left_and_why(client: Client) -> None:
    a, b, stale = candidate("一"), candidate("二"), candidate("三")
    items.shortlist(stale, by=person(first_name="Noor"), version=stale.version)
    one = post(client, "reject", a, stale, reason="old", script=True)
    assert not is_refused(one)
    changed = "Noor changed “三” (shortlisted). Your change was not saved."
    assert messages_of(one) == [f"Rejected: 一. 1 was left out: {changed}"]
    gone = candidate()
    Item.objects.filter(pk=gone.pk).delete()
    several = post(client, "shortlist", b, stale, gone, script=True)
    missing = "This is no longer here. Reload the page."
    assert messages_of(several) == [f"Shortlisted: 二. 2 were left out: {changed} {missing}"]
    none = post(client, "shortlist", stale, stale, gone, script=True)
    assert is_refused(none)
    assert messages_of(none) == [f"{changed} {missing}"]


def test_portions_of_an_act_are_told_of_and_undone_as_one(client: Client) -> None:
    a, b, c, stale = (candidate(headline) for headline in "一二三四")
    items.shortlist(stale, by=person(first_name="Noor"), version=stale.version)
    first = post(client, "shortlist", a, b, script=True)
    second = post(client, "shortlist", stale, script=True, continues="1")
    third = post(client, "shortlist", c, script=True, continues="1")
    assert messages_of(first) == ["Shortlisted: 2 stories"]
    assert not is_refused(second)
    assert messages_of(third)[0].startswith(
        "Shortlisted: 3 stories. 1 was left out: Noor changed “四”"
    )
    assert messages_of(post(client, "undo", script=True)) == ["Undone: 3 stories"]
    assert statuses(a, b, c, stale) == ["inbox", "inbox", "inbox", "draft"]


def test_a_portion_for_another_digest_is_an_act_of_its_own(client: Client, ann: User) -> None:
    first, second = draft(by=ann, title="周报"), draft(by=ann, title="月报")
    a, b = candidate("一"), candidate("二")
    post(client, "place", a, digest=first.pk, script=True)
    answer = post(client, "place", b, digest=second.pk, script=True, continues="1")
    assert messages_of(answer) == ["Added to “月报”: 二"]
    post(client, "undo")
    assert (first.placements.count(), second.placements.count()) == (1, 0)
    post(client, "undo")
    assert statuses(a, b) == ["inbox", "inbox"]


def test_an_approval_is_undone_like_the_other_steps_of_a_story(client: Client) -> None:
    item = story("新闻", status=Item.Status.DRAFT)
    client.post(f"/admin/digests/item/{item.pk}/step/approve/", version_of(item))
    assert statuses(item) == ["approved"]
    assert messages_of(post(client, "undo", script=True))[-1] == "Undone: 新闻"
    assert statuses(item) == ["draft"]


def test_nothing_is_put_into_a_digest_that_was_submitted_meanwhile(client: Client) -> None:
    digest, item = in_review(title="周报"), candidate()
    answer = post(client, "place", item, digest=digest.pk, script=True)
    assert is_refused(answer)
    assert messages_of(answer) == ["This is not possible while “周报” is in review."]
    assert statuses(item) == ["inbox"]


def test_undo_takes_back_ones_own_last_act_and_nobody_elses(client: Client, ann: User) -> None:
    mine, other = candidate(), candidate()
    mine = items.reject(mine, by=ann, version=mine.version, reason="old")
    other = items.reject(other, by=person(), version=other.version, reason="old")
    post(client, "undo", mine, other)
    assert statuses(mine, other) == ["inbox", "rejected"]
    assert Item.objects.get(pk=mine.pk).reason == ""


def test_what_was_put_into_a_digest_is_taken_out_again(client: Client, ann: User) -> None:
    digest, fresh = draft(by=ann), candidate()
    listed = story(status=Item.Status.DRAFT)
    post(client, "place", fresh, listed, digest=digest.pk)
    assert [item.pk for item in digest.items.order_by("placements")] == [fresh.pk, listed.pk]
    post(client, "undo")
    assert not digest.placements.exists()
    assert statuses(fresh, listed) == ["inbox", "draft"]


def test_a_claim_is_told_of_and_given_back(client: Client, ann: User) -> None:
    item = candidate("新闻")
    assert messages_of(post(client, "claim", item, script=True)) == ["Claimed for 15 minutes: 新闻"]
    assert item.claim.user == ann
    assert messages_of(post(client, "release", item, script=True)) == ["Released: 新闻"]
    assert not Claim.objects.exists()


def test_the_ticked_are_claimed_together(client: Client, ann: User) -> None:
    a, b = candidate(), candidate()
    post(client, "claim", a, b)
    assert {claim.item for claim in Claim.objects.filter(user=ann)} == {a, b}


def test_a_claimed_story_is_refused_to_others_with_a_name(client: Client) -> None:
    item = candidate()
    collaboration.claim(item, by=person(first_name="Noor"))
    answer = post(client, "claim", item, script=True)
    assert is_refused(answer)
    assert "Noor is working on" in messages_of(answer)[0]


def test_undo_takes_back_one_act_after_the_other_the_last_first(client: Client, ann: User) -> None:
    digest = draft(by=ann)
    a, b, c = candidate("一"), candidate("二"), candidate("三")
    post(client, "reject", a, b, reason="old", script=True)
    post(client, "place", c, digest=digest.pk, script=True)
    post(client, "claim", a, script=True)
    assert messages_of(post(client, "undo", script=True)) == ["Undone: 三"]
    assert statuses(a, b, c) == ["rejected", "rejected", "inbox"]
    assert not digest.placements.exists()
    assert messages_of(post(client, "undo", script=True)) == ["Undone: 2 stories"]
    assert statuses(a, b, c) == ["inbox", "inbox", "inbox"]
    answer = post(client, "undo", script=True)
    assert is_refused(answer)
    assert messages_of(answer) == ["There is nothing to undo."]
    client.post(f"/admin/digests/item/{c.pk}/step/reject/", version_of(c) | {"reason": "old"})
    assert statuses(c) == ["rejected"]
    post(client, "undo")
    assert statuses(a, c) == ["inbox", "inbox"]


def test_undo_marks_the_row_that_came_back(client: Client) -> None:
    item = candidate()
    post(client, "shortlist", item)
    assert f'data-undone="{item.pk}"' in post(client, "undo", script=True).text
    assert "data-undone" not in client.get(INBOX).text


def test_a_session_keeps_the_newest_acts_alone(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digests.desk.undo.MAX_ACTS", 2)
    monkeypatch.setattr("digests.desk.undo.MAX_ROWS", 3)
    items = [candidate() for _number in range(8)]
    for item in items[:3]:
        post(client, "shortlist", item)
    assert acts_kept(client) == [1, 1]
    post(client, "shortlist", *items[3:5])
    assert acts_kept(client) == [1, 2]
    post(client, "shortlist", *items[5:7])
    assert acts_kept(client) == [2]
    post(client, "shortlist", items[7])
    for _act in range(3):
        post(client, "undo")
    assert statuses(*items) == [*["draft"] * 5, *["inbox"] * 3]


def acts_kept(client: Client) -> list[int]:
    """Of how many stories each act is that could be undone."""
    return [len(act["rows"]) for act in client.session["triage"]]


def test_undo_says_whose_change_it_would_take_back(client: Client, ann: User) -> None:
    item = candidate("新闻")
    post(client, "shortlist", item)
    item.refresh_from_db()
    items.approve(item, by=person(EDITOR, first_name="Noor"), version=item.version)
    answer = post(client, "undo")
    assert "Noor changed “新闻”" in client.get(answer.headers["Location"]).text
    assert statuses(item) == ["approved"]


def test_an_act_asks_no_more_questions_of_a_longer_list(client: Client) -> None:
    def queries(item: Item) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert messages_of(post(client, "shortlist", item, script=True))
        return len(asked)

    candidate()
    few = queries(candidate())
    for _number in range(60):
        candidate()
    assert queries(candidate()) == few


def version_of(item: Item) -> dict[str, int]:
    return {"version": Item.objects.get(pk=item.pk).version}
