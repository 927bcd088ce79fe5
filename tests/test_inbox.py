"""The inbox: what it shows, what its buttons do, and for whom."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Unpack

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digests import editorial
from digests.models import Claim, Item, User
from digests.roles import EDITOR
from tests.factories import ItemFields, draft, person, published, source, story
from tests.screens import Response, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

INBOX = "/admin/inbox/"


@pytest.fixture
def ann() -> User:
    return person(EDITOR, username="ann", first_name="Ann")


@pytest.fixture
def client(ann: User) -> Client:
    client = signed_in(ann)
    client.get("/admin/settings/")  # which prolongs the session: a write, once in five minutes
    return client


def shown(client: Client, **asked: str | int) -> list[str]:
    page = client.get(INBOX, asked)
    assert page.status_code == 200
    return [item.headline for item in page.context["candidates"].rows]


def allow(user: User, *codenames: str) -> None:
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def candidate(headline: str = "", **fields: Unpack[ItemFields]) -> Item:
    return story(headline, status=Item.Status.INBOX, **fields)


def test_the_latest_comes_first_by_when_it_was_posted(client: Client) -> None:
    now = timezone.now()
    candidate("昨天", posted_at=now - timedelta(days=1))
    candidate("现在")
    candidate("一小时前", posted_at=now - timedelta(hours=1))
    assert shown(client) == ["现在", "一小时前", "昨天"]


def test_the_filter_of_the_address_chooses(client: Client, ann: User) -> None:
    mira = source("Mira")
    old = candidate("旧闻", source=mira, posted_at=timezone.now() - timedelta(hours=9))
    new = candidate("新闻")
    story("入选", status=Item.Status.DRAFT)
    editorial.claim(new, by=ann)
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
    editorial.work_on(draft(placed, by=ann), by=ann)
    new, mine = candidate("新的"), story("我的")
    editorial.claim(mine, by=ann)
    old = candidate("旧的")
    editorial.reject(old, by=ann, version=old.version, reason="old")
    assert acts() == {
        "新的": {"shortlist", "reject", "place", "claim"},
        "放入的": {"approve", "reject", "claim"},
        "我的": {"place", "release"},
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
    editorial.reject(item, by=ann, version=item.version, reason="old", note="上周")
    page = client.get(INBOX, {"state": "rejected"}).text
    assert "old: 上周 (Ann" in page


def test_others_see_a_claim_until_it_ends(client: Client) -> None:
    noor, item = person(first_name="Noor"), candidate()
    editorial.claim(item, by=noor)
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
                editorial.claim(item, by=person())

    ann = client.get(INBOX).context["user"]
    editorial.work_on(draft(), by=ann)
    fill(3)
    few = queries()
    fill(57)
    assert queries() == few <= 12
    Item.objects.bulk_create(
        Item(headline=f"{number}", headline_key=f"{number}", language="en")
        for number in range(2000)
    )
    assert queries() == few
    assert client.get(INBOX).context["candidates"].total == 2060


def post(client: Client, do: str, *items: Item, **given: object) -> Response:
    sent = {"do": do, **given}
    for item in items:
        sent |= {f"version-{item.pk}": item.version}
    if ":" not in do:
        sent["item"] = [item.pk for item in items]
    return client.post(f"{INBOX}act/", sent)


def statuses(*items: Item) -> list[str]:
    return [Item.objects.get(pk=item.pk).status for item in items]


def test_a_button_acts_on_its_row_and_leads_back_to_the_same_list(client: Client) -> None:
    item = candidate()
    answer = post(client, f"shortlist:{item.pk}", item, address="state=inbox&q=a%26b")
    assert statuses(item) == ["draft"]
    assert answer["Location"] == f"{INBOX}?state=inbox&q=a%26b"


def test_the_address_to_return_to_never_leads_elsewhere(client: Client) -> None:
    item = candidate()
    answer = post(client, f"shortlist:{item.pk}", item, address="//evil.example/?x#y")
    assert answer["Location"].startswith(f"{INBOX}?")


def test_the_ticked_are_rejected_together_and_a_refused_one_keeps_no_other_back(
    client: Client,
) -> None:
    a, b, stale = candidate(), candidate(), candidate("别人改过")
    editorial.shortlist(stale, by=person(), version=stale.version)
    answer = post(client, "reject", a, b, stale, reason="off-topic")
    assert statuses(a, b, stale) == ["rejected", "rejected", "draft"]
    page = client.get(answer["Location"]).text
    assert "2 stories done" in page and "别人改过" in page


def test_a_story_goes_into_the_current_digest(client: Client, ann: User) -> None:
    digest, item = draft(by=ann), candidate()
    editorial.work_on(digest, by=ann)
    post(client, f"place:{item.pk}", item)
    assert list(digest.items.all()) == [item]
    assert statuses(item) == ["draft"]


@pytest.mark.parametrize("do", ["explode", "place", "shortlist:x", "shortlist:99"])
def test_a_button_that_is_none_does_nothing(client: Client, do: str) -> None:
    item = candidate()
    assert post(client, do, item).status_code == 400
    assert statuses(item) == ["inbox"]


def test_who_may_only_look_acts_on_nothing(client: Client, ann: User) -> None:
    item = candidate()
    ann.groups.clear()
    allow(ann, "view_item")
    assert 'name="item"' not in client.get(INBOX).text
    assert post(client, f"shortlist:{item.pk}", item).status_code == 403
    assert statuses(item) == ["inbox"]
    ann.user_permissions.clear()
    assert client.get(INBOX).status_code == 403
    assert client.get("/api/desk/items/").status_code == 403


def test_a_paste_makes_items_and_keeps_the_wrong_lines(client: Client) -> None:
    answer = client.post("/admin/paste/", {"text": "好新闻 https://example.org/a\nhttps:///x"})
    assert Item.objects.get().headline == "好新闻"
    assert answer.context["paste_form"]["text"].value() == "https:///x"
    assert "Line 2: The address has no host." in answer.text


# The API, which the script asks


def ask(client: Client, path: str, items: Iterable[Item] = (), **given: object) -> Response:
    rows = [{"id": item.pk, "version": item.version} for item in items]
    return client.post(f"/api/desk/{path}", {"rows": rows, **given}, "application/json")


def test_the_api_finds_whatever_the_inbox_would_show_on_all_its_pages(
    client: Client, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("digests.desk.candidates.ON_A_PAGE", 1)
    new, older, other = candidate("新"), candidate("新二"), story("别的", status=Item.Status.DRAFT)
    editorial.claim(new, by=ann)
    asked = [
        ("", {new, older}),
        ("state=draft", {other}),
        ("mine=on", {new}),
        ("q=二&source=x&p=7&view=cards", {older}),
    ]
    for address, found in asked:
        rows = client.get(f"/api/desk/items/?{address}").json()["rows"]
        assert {(row["id"], row["version"]) for row in rows} == {(i.pk, i.version) for i in found}


def test_the_api_does_a_verb_to_many_and_tells_what_became_of_each(client: Client) -> None:
    a, stale = candidate(), candidate()
    editorial.shortlist(stale, by=person(first_name="Noor"), version=stale.version)
    told = ask(client, "triage/reject/", [a, stale], reason="old").json()
    assert told["done"] == [{"id": a.pk, "version": a.version + 1}]
    assert [(row["id"], "Noor" in row["detail"]) for row in told["refused"]] == [(stale.pk, True)]


def test_a_story_that_has_gone_meanwhile_is_refused_with_a_sentence(client: Client) -> None:
    a, gone = candidate(), candidate()
    Item.objects.filter(pk=gone.pk).delete()
    told = ask(client, "triage/shortlist/", [a, gone]).json()
    assert [row["id"] for row in told["done"]] == [a.pk]
    assert told["refused"] == [
        {"id": gone.pk, "detail": "This is not here any more. Load the page again."}
    ]


def test_undo_takes_back_ones_own_last_act_and_nobody_elses(client: Client, ann: User) -> None:
    mine, other = candidate(), candidate()
    mine = editorial.reject(mine, by=ann, version=mine.version, reason="old")
    other = editorial.reject(other, by=person(), version=other.version, reason="old")
    told = ask(client, "triage/undo/", [mine, other]).json()
    assert [row["id"] for row in told["done"]] == [mine.pk]
    assert statuses(mine, other) == ["inbox", "rejected"]
    assert Item.objects.get(pk=mine.pk).reason == ""


def test_what_was_put_into_a_digest_is_taken_out_again(client: Client, ann: User) -> None:
    digest, fresh = draft(by=ann), candidate()
    listed = story(status=Item.Status.DRAFT)
    told = ask(client, f"digests/{digest.pk}/take-in/", [fresh, listed]).json()
    assert [item.pk for item in digest.items.order_by("placements")] == [fresh.pk, listed.pk]
    sent = {"rows": [{"id": row["id"], "version": row["version"]} for row in told["done"]]}
    client.post(f"/api/desk/digests/{digest.pk}/take-out/", sent, "application/json")
    assert not digest.placements.exists()
    assert statuses(fresh, listed) == ["inbox", "draft"]


def test_a_claimed_story_is_refused_to_others_with_a_name(client: Client) -> None:
    item = candidate()
    editorial.claim(item, by=person(first_name="Noor"))
    answer = client.post(f"/api/desk/claims/{item.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "held")
    assert "Noor works on" in answer.json()["detail"]


def test_without_a_script_undo_takes_back_the_last_act_and_no_other(
    client: Client, ann: User
) -> None:
    digest = draft(by=ann)
    editorial.work_on(digest, by=ann)
    a, b, c = candidate(), candidate(), candidate()
    post(client, "reject", a, b, reason="old")
    post(client, f"place:{c.pk}", c)
    post(client, "undo")
    assert statuses(a, b, c) == ["rejected", "rejected", "inbox"]
    assert not digest.placements.exists()
    answer = post(client, "undo")
    assert "There is nothing to undo." in client.get(answer.headers["Location"]).text
    client.post(f"/admin/digests/item/{c.pk}/step/reject/", version_of(c) | {"reason": "old"})
    assert statuses(c) == ["rejected"]
    post(client, "undo")
    assert statuses(a, c) == ["rejected", "inbox"]


def test_undo_without_a_script_says_whose_change_it_would_take_back(
    client: Client, ann: User
) -> None:
    item = candidate("新闻")
    post(client, f"shortlist:{item.pk}", item)
    item.refresh_from_db()
    editorial.approve_item(item, by=person(EDITOR, first_name="Noor"), version=item.version)
    answer = post(client, "undo")
    assert "Noor changed “新闻”" in client.get(answer.headers["Location"]).text
    assert statuses(item) == ["approved"]


def version_of(item: Item) -> dict[str, int]:
    return {"version": Item.objects.get(pk=item.pk).version}
