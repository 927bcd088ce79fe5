"""Compose: each change is saved at once, over the version one saw, and regions come back."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from digests.editorial import collaboration, compose, items, lifecycle
from digests.models import Digest, Item, User
from digests.templatetags.desk import age
from digests.text.format import Entry
from tests.factories import PAST, draft, in_review, person, published, series, source, story
from tests.screens import Response, below, errors, is_refused, messages_of, signed_in

pytestmark = pytest.mark.django_db


def act(client: Client, digest: Digest, do: str, **given: object) -> Response:
    """Press a button of Compose as its script does, over the latest version unless one is given."""
    version = Digest.objects.get(pk=digest.pk).version
    sent = {"do": do, "version": version} | given
    return client.post(below(digest, "compose"), sent, headers={"X-Fragment": "1"})


def versioned(*items: Item) -> dict[str, object]:
    versions = {f"version-{item.pk}": item.version for item in items}
    return {"item": [item.pk for item in items], **versions}


def headlines(digest: Digest) -> list[str]:
    return [placement.item.headline for placement in digest.placements.in_order()]


def statements(asked: CaptureQueriesContext) -> list[str]:
    framing = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [q["sql"] for q in asked if not q["sql"].startswith(framing)]


def with_sections(count: int, editor: User) -> Digest:
    """A draft with so many stories, half of them in the second of two sections."""
    items = [story(source=source(f"s{n % 5}")) for n in range(count)]
    digest = draft(*items)
    for heading in ("一", "二"):
        digest = compose.add_section(digest, heading, by=editor, version=digest.version)
    for item in items[count // 2 :]:
        digest = compose.place(
            digest, item, by=editor, version=digest.version, section=digest.sections.last()
        )
    return digest


@pytest.mark.postgresql
def test_a_story_is_placed_moved_and_removed(client: Client) -> None:
    first, second, third = story("a"), story("b"), story("c", status=Item.Status.DRAFT)
    digest = draft(first, second)
    answer = act(client, digest, "place", item=third.pk, position=1)
    assert not is_refused(answer)
    assert headlines(digest) == ["c", "a", "b"]
    act(client, digest, "place", item=third.pk)
    assert headlines(digest) == ["a", "b", "c"]
    act(client, digest, "remove", item=first.pk)
    assert headlines(digest) == ["b", "c"]
    assert digest.history.latest("pk").note == "a"


def test_an_act_is_answered_with_the_regions_as_they_are_then(client: Client) -> None:
    item = story("a", status=Item.Status.DRAFT)
    digest = draft(story("b"))
    answer = act(client, digest, "place", item=item.pk)
    assert re.findall('data-region="([a-z]+)"', answer.text) == [
        "head",
        "digest",
        "fill",
        "search",
        "pool",
    ]
    assert f'id="item-{item.pk}"' in answer.text
    assert f'data-version="{digest.version + 1}"' in answer.text
    assert "<html" not in answer.text
    without_script = client.post(
        below(digest, "compose"),
        {"do": "remove", "item": item.pk, "version": digest.version + 1},
    )
    assert without_script.headers["Location"] == f"{below(digest, 'compose')}#stories"


def test_sections_are_added_named_moved_and_removed(client: Client) -> None:
    digest = draft(story("a"))
    for heading in ("一", "二"):
        act(client, digest, "write_section", heading=heading)
    first, second = digest.sections.all()
    act(client, digest, "write_section", section=second.pk, heading="新名", intro="引言")
    second.refresh_from_db()
    assert (second.heading, second.intro) == ("新名", "引言")
    act(client, digest, "earlier", section=second.pk)
    assert [section.pk for section in digest.sections.all()] == [second.pk, first.pk]
    act(client, digest, "later", section=second.pk)
    assert [section.pk for section in digest.sections.all()] == [first.pk, second.pk]
    act(client, digest, "dissolve", section=second.pk)
    assert [section.pk for section in digest.sections.all()] == [first.pk]


def test_a_section_without_a_heading_is_refused_by_name(client: Client) -> None:
    digest = draft(story("a"))
    answer = act(client, digest, "write_section", heading=" ")
    assert is_refused(answer)
    assert messages_of(answer) == ["Heading: This field is required."]
    assert not digest.sections.exists()


def test_who_was_faster_is_named_and_nothing_happens(client: Client) -> None:
    first, second = story("a"), story("b")
    digest = draft(first, second)
    fast = person(first_name="Fast", last_name="Fingers")
    compose.place(digest, second, by=fast, version=digest.version, position=1)
    for do in ("place", "move", "up"):
        answer = act(client, digest, do, item=second.pk, version=digest.version)
        assert is_refused(answer)
        assert "Fast Fingers moved b (2 → 1)" in messages_of(answer)[0]
        # The refusal speaks of the page as it is now, which comes with it.
        assert f'data-version="{digest.version + 1}"' in answer.text
    assert headlines(digest) == ["b", "a"]


def test_a_story_is_added_and_removed_whatever_others_did_to_the_order(client: Client) -> None:
    a, b, c, d = (story(headline) for headline in "abcd")
    digest = draft(a, b)
    noor = person(first_name="Noor")
    compose.place(digest, b, by=noor, version=digest.version, position=1)
    for item, given in [(c, {}), (d, {"before": a.pk})]:
        answer = act(client, digest, "place", item=item.pk, version=digest.version, **given)
        assert not is_refused(answer)
    assert headlines(digest) == ["b", "d", "a", "c"]
    assert not is_refused(act(client, digest, "remove", item=a.pk, version=digest.version))
    assert headlines(digest) == ["b", "d", "c"]
    # To a position it is moved on the page that showed the order.
    answer = act(client, digest, "place", item=a.pk, version=digest.version, position=1)
    assert is_refused(answer)


@pytest.mark.postgresql
def test_a_story_is_moved_as_the_page_showed_the_order_though_others_added_one(
    client: Client,
) -> None:
    a, b, c = (story(headline) for headline in "abc")
    noor = person(first_name="Noor")
    for do, given, expected in [
        ("up", {"item": c.pk}, "axcb"),
        ("down", {"item": a.pk}, "xbac"),
        ("move", {"item": a.pk, "position": 2}, "xbac"),
        ("place", {"item": c.pk, "before": b.pk}, "axcb"),
        ("place", {"item": a.pk}, "xbca"),
    ]:
        digest, added = draft(a, b, c, title=do + str(given)), story("x")
        compose.place(digest, added, by=noor, version=digest.version, before=b)
        answer = act(client, digest, do, version=digest.version, **given)
        assert not is_refused(answer)
        assert headlines(digest) == list(expected), (do, given)


@pytest.mark.postgresql
def test_a_section_chosen_for_a_story_is_not_a_number_typed_though_others_added_one(
    client: Client,
) -> None:
    a, b = story("a"), story("b")
    digest, noor = draft(a, b), person(first_name="Noor")
    digest = compose.add_section(digest, "一", by=noor, version=digest.version)
    section = digest.sections.get()
    digest = compose.place(digest, a, by=noor, version=digest.version, section=section)
    compose.place(digest, story("x"), by=noor, version=digest.version, before=b)
    # Its number is the one that the page showed, which is another by now.
    given = {"item": b.pk, "position": 1, "section": section.pk}
    assert not is_refused(act(client, digest, "move", version=digest.version, **given))
    assert headlines(digest) == ["x", "a", "b"]


def test_a_story_that_was_removed_already_is_refused_with_who_did_it(client: Client) -> None:
    item = story("a")
    digest = draft(item)
    compose.remove(digest, item, by=person(first_name="Noor"))
    answer = act(client, digest, "remove", item=item.pk, version=digest.version)
    assert is_refused(answer)
    assert "Noor removed a" in messages_of(answer)[0]


def test_a_digest_that_was_submitted_meanwhile_takes_no_story(client: Client) -> None:
    digest, noor = draft(story("a")), person(first_name="Noor")
    lifecycle.submit(digest, by=noor, version=digest.version)
    answer = act(client, digest, "place", item=story("b").pk, version=digest.version)
    assert is_refused(answer)
    assert "Noor changed" in messages_of(answer)[0]
    assert headlines(digest) == ["a"]


@pytest.mark.postgresql
def test_who_removed_a_section_is_named_to_those_who_put_a_story_into_it(
    client: Client,
) -> None:
    item = story("a")
    digest, noor = draft(item), person(first_name="Noor")
    digest = compose.add_section(digest, "一", by=noor, version=digest.version)
    section = digest.sections.get().pk
    compose.remove_section(digest, digest.sections.get(), by=noor, version=digest.version)
    for do in ("place", "move", "earlier"):
        answer = act(client, digest, do, version=digest.version, item=item.pk, section=section)
        assert is_refused(answer)
        assert messages_of(answer)[0].startswith("Noor changed"), do
        assert "removed a section" in messages_of(answer)[0]


def test_the_text_of_a_section_that_is_gone_is_kept_beside_who_removed_it(
    client: Client,
) -> None:
    digest, noor = draft(story("a")), person(first_name="Noor")
    digest = compose.add_section(digest, "一", by=noor, version=digest.version)
    section = digest.sections.get()
    address = below(digest, "section", section.pk)
    compose.remove_section(digest, section, by=noor, version=digest.version)
    answer = client.post(address, {"version": digest.version, "heading": "二", "intro": "写好的"})
    assert "removed a section" in errors(answer.text)
    assert "写好的" in answer.text
    assert client.get(address).status_code == 404


def test_who_changed_a_story_is_named_before_its_text_is_judged(client: Client) -> None:
    item = story("旧")
    digest = draft(item)
    items.edit(item, item.entry(), by=person(first_name="Noor"), version=item.version)
    answer = act(client, digest, "edit", version=item.version, item=item.pk, headline="")
    assert is_refused(answer)
    assert messages_of(answer)[0].startswith("Noor changed “旧”")


@pytest.mark.postgresql
def test_a_text_that_no_database_holds_is_refused_by_the_name_of_its_field(client: Client) -> None:
    item = story("旧")
    digest = draft(item)
    text = {"item": item.pk, "headline": "新\0", "url": item.url}
    answer = act(client, digest, "edit", version=item.version, **text)
    assert messages_of(answer) == ["Headline: Null characters are not allowed."]
    assert headlines(digest) == ["旧"]


@pytest.mark.parametrize("by_script", [True, False])
def test_a_story_without_a_text_is_approved_when_its_button_is_pressed_twice(
    client: Client, by_script: bool
) -> None:
    item, other = (story(name, body="", status=Item.Status.DRAFT) for name in ("空的", "另一条"))
    digest = draft(item, other)
    headers = {"X-Fragment": "1"} if by_script else {}
    sent = {"do": "approve", "version": digest.version, **versioned(item)}
    asked = client.post(below(digest, "compose"), sent, headers=headers)
    assert "“空的” has no text. Approve it again if it should appear without one." in asked.text
    item.refresh_from_db()
    assert item.status == Item.Status.DRAFT
    # Of this one alone it was asked.
    assert asked.text.count('name="without_text"') == 1
    assert re.search(
        rf'name="without_text" value="1"><button[^>]*id="approve-{item.pk}"', asked.text
    )
    client.post(below(digest, "compose"), {**sent, "without_text": 1}, headers=headers)
    item.refresh_from_db()
    assert item.status == Item.Status.APPROVED
    assert 'name="without_text"' not in client.get(below(digest, "compose")).text


def test_an_edited_story_says_that_it_is_a_draft_again(client: Client) -> None:
    item = story("旧")
    digest = draft(item)
    text = {"item": item.pk, "headline": "新", "byline": "", "url": item.url, "body": "正文。"}
    answer = act(client, digest, "edit", version=item.version, **text)
    assert messages_of(answer) == ["Saved. The story is a draft again."]
    form = f'id="text-{item.pk}" data-text="item" data-row="{item.pk}"'
    assert f'{form} data-version="{item.version + 1}"' in answer.text
    again = act(client, digest, "edit", version=item.version, **text)
    assert is_refused(again)
    item.refresh_from_db()
    answer = act(client, digest, "approve", **versioned(item))
    assert messages_of(answer) == ["1 story approved."]
    item.refresh_from_db()
    assert item.status == "approved"


def test_all_that_are_ready_are_approved_and_the_others_say_why_not(client: Client) -> None:
    ready = story("ready", status=Item.Status.DRAFT)
    wrong = story("wrong", status=Item.Status.DRAFT, body="[^1]: x")
    digest = draft(ready, wrong)
    answer = act(client, digest, "approve", **versioned(ready, wrong))
    assert not is_refused(answer)
    assert messages_of(answer)[0] == "1 story approved."
    assert len(messages_of(answer)) == 2
    ready.refresh_from_db()
    wrong.refresh_from_db()
    assert (ready.status, wrong.status) == ("approved", "draft")


def test_a_digest_is_submitted(client: Client, editor: User) -> None:
    digest = draft(story(), by=editor)
    answer = act(client, digest, "submit")
    assert messages_of(answer)[0].endswith("is submitted. It is waiting for a reviewer.")
    assert Digest.objects.get(pk=digest.pk).status == "review"


def test_a_refusal_names_nothing_by_an_empty_name(client: Client) -> None:
    """What has gone has no name."""
    digest = draft(story())
    for answer in (
        act(client, digest, "place", item=story().pk, section=99),
        act(client, digest, "place", item=10**9),
        act(client, digest, "earlier", section=99),
        act(client, digest, "remove", item=story().pk),
        act(client, digest, "edit", item=story().pk, headline="x"),
    ):
        assert is_refused(answer)
        assert messages_of(answer)
        assert "“”" not in answer.text.partition("<ul hidden data-messages")[2]
    assert digest.history.count() == Digest.objects.get(pk=digest.pk).history.count()


def test_what_no_button_sends_is_a_bad_request(client: Client) -> None:
    digest = draft(story())
    for given in ({"do": "dance"}, {"do": "remove", "item": "x"}, {"do": ""}):
        assert act(client, digest, **given).status_code == 400
    assert act(client, digest, "remove", item=digest.items.get().pk, version="").status_code == 400


def test_what_is_locked_is_not_composed(client: Client) -> None:
    item = story()
    digest = in_review(item)
    answer = act(client, digest, "remove", item=item.pk)
    assert is_refused(answer)
    assert messages_of(answer)[0].endswith("” is in review.")
    page = client.get(below(digest, "compose")).text
    assert "Locked while in review." in page
    assert 'name="do"' not in page
    assert 'data-region="pool" hidden' in page


def test_nobody_else_composes() -> None:
    item = story()
    digest = draft(item)
    member = person(None, username="member")
    member.is_staff = True
    member.save()
    assert act(signed_in(member), digest, "remove", item=item.pk).status_code == 403
    assert act(Client(), digest, "remove", item=item.pk).status_code == 302
    assert headlines(digest) == [item.headline]


def test_a_current_digest_that_is_deleted_meanwhile_is_none(editor: User) -> None:
    digest = draft(by=editor)
    collaboration.set_current_digest(digest, by=editor)
    editor.refresh_from_db()
    User.objects.update(current_digest=None)
    Digest.objects.filter(pk=digest.pk).delete()
    assert editor.current_draft is None


def test_opening_a_draft_makes_it_the_current_digest(client: Client, editor: User) -> None:
    older, newer, gone = draft(), draft(), published()
    for digest, current in [(older, older), (newer, newer), (gone, newer)]:
        client.get(below(digest, "compose"))
        editor.refresh_from_db()
        assert editor.current_digest == current


@pytest.mark.postgresql
def test_old_stories_and_repeats_are_flagged(client: Client) -> None:
    digest = draft(
        story("推理模型：为什么会变笨？", posted_at=PAST - timedelta(hours=5)),
        story("新的", posted_at=PAST - timedelta(hours=3)),
        series=series(window_hours=4),
    )
    published(story("推理模型为什么会变笨"), title="昨天", date=PAST - timedelta(days=1))
    published(story("新的"), title="上周", date=PAST - timedelta(days=8))
    page = client.get(below(digest, "compose")).text
    assert page.count("older than the window") == 1
    assert page.count("ran in “") == 1
    assert "ran in “昨天” on" in page


def test_the_age_of_a_story_has_one_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    times = [timedelta(minutes=-3), timedelta(minutes=59), timedelta(hours=47), timedelta(days=3)]
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert [age(now - time) for time in times] == ["0 min", "59 min", "47 h", "3 d"]


def test_one_step_leads_over_the_border_of_a_section(client: Client, editor: User) -> None:
    a, b = story("a"), story("b")
    digest = draft(a, b)
    digest = compose.add_section(digest, "一", by=editor, version=digest.version)
    section = digest.sections.get()
    act(client, digest, "down", item=b.pk)
    assert digest.placements.get(item=b).section == section
    act(client, digest, "up", item=b.pk)
    assert digest.placements.get(item=b).section is None
    assert headlines(digest) == ["a", "b"]


@pytest.mark.parametrize("count", [3, 30])
def test_compose_costs_the_same_whatever_stands_in_it(
    client: Client, editor: User, count: int
) -> None:
    digest = with_sections(count, editor)
    for number in range(count):
        story(f"候选{number}", source=source(f"p{number}"))
    published(story("候选1", url="https://example.org/else"), date=digest.date)
    address = below(digest, "compose")
    # Opening it makes it the current digest, which costs a write once.
    client.get(address)
    for headers in ({}, {"X-Fragment": "1"}):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address, headers=headers).status_code == 200
        # One of them for the time.
        assert len(statements(asked)) <= 13, statements(asked)


@pytest.mark.parametrize("count", [3, 30])
def test_a_move_costs_the_same_whatever_stands_there(
    client: Client, editor: User, count: int
) -> None:
    """With the regions that answer it."""
    digest = with_sections(count, editor)
    item = digest.placements.latest("position").item
    first, second = digest.sections.all()
    client.get(below(digest, "compose"))
    for section in (second.pk, first.pk, ""):
        version = Digest.objects.get(pk=digest.pk).version
        with CaptureQueriesContext(connection) as asked:
            answer = act(
                client, digest, "place", item=item.pk, section=section, position=1, version=version
            )
        assert not is_refused(answer)
        # Two of them are the test's own.
        assert len(statements(asked)) - 1 <= 14 + 9, statements(asked)


def test_saving_a_text_tells_of_its_state_only_where_that_changed(client: Client) -> None:
    item = story("甲", status=Item.Status.DRAFT)
    approved = story("“千页”上线", url="https://example.org/pages")
    digest = draft(item, approved)
    text = {"item": item.pk, "headline": "乙", "url": item.url, "body": "正文。"}
    assert messages_of(act(client, digest, "edit", version=item.version, **text)) == []
    text |= {"item": approved.pk, "headline": "“千页”下线", "url": approved.url}
    answer = act(client, digest, "edit", version=approved.version, **text)
    assert messages_of(answer) == ["Saved. The story is a draft again."]


def test_a_refusal_of_a_field_names_it(client: Client) -> None:
    item = story("甲", status=Item.Status.DRAFT)
    digest = draft(item)
    text = {"item": item.pk, "headline": "长" * 501, "url": item.url}
    answer = act(client, digest, "edit", version=item.version, **text)
    assert is_refused(answer)
    assert messages_of(answer)[0].startswith("Headline: Ensure this value has at most 500")


def test_a_position_that_is_no_number_is_refused_in_words(client: Client) -> None:
    item = story("甲")
    digest = draft(item, story())
    data = {"version": digest.version, "do": "move", "item": item.pk, "position": "abc"}
    answer = client.post(below(digest, "compose"), data, follow=True)
    assert "“abc” is not a position: type a number." in answer.text
    assert digest.placements.earliest("position").item == item


def test_a_story_goes_to_one_place(client: Client) -> None:
    one, two = story("One"), story("Two")
    digest = draft(one, two)
    data = {"version": digest.version, "do": "place", "item": two.pk}
    both = {"before": one.pk, "position": 2}
    assert client.post(below(digest, "compose"), data | both).status_code == 400
    client.post(below(digest, "compose"), data | {"before": one.pk, "position": ""})
    assert headlines(digest) == ["Two", "One"]


@pytest.mark.parametrize("position", ["999", "10001", "9" * 30])
def test_a_position_past_the_end_is_the_last(client: Client, position: str) -> None:
    item = story("甲")
    digest = draft(item, story("乙"))
    data = {"version": digest.version, "do": "move", "item": item.pk, "position": position}
    answer = client.post(below(digest, "compose"), data, follow=True)
    assert errors(answer.text) == ""
    assert headlines(digest) == ["乙", "甲"]


def test_whoever_types_in_a_row_that_goes_is_told_who_took_it_away(client: Client) -> None:
    one, two = story("One"), story("Two")
    ben = person(username="ben", first_name="Ben")
    digest = draft(one, two, by=ben)
    for each in (one, two):
        digest = compose.remove(digest, each, by=ben)
    assert "Ben removed One." in client.get(below(digest, "lost_row", one.pk)).text
    renamed = items.edit(one, Entry("Another"), by=ben, version=one.version)
    page = client.get(below(digest, "lost_row", renamed.pk)).text
    assert "This text no longer has a place on the page." in page
    # Where the story still has its place, the whole digest was closed to changes.
    digest = compose.place(digest, two, by=ben, version=digest.version)
    lifecycle.submit(digest, by=ben, version=digest.version)
    assert "(submitted)" in client.get(below(digest, "lost_row", two.pk)).text


@pytest.mark.postgresql
def test_the_check_counts_how_often_each_category_was_used_lately(client: Client) -> None:
    digest = draft(story(), categories=("模型", "芯片"))
    for days in (0, 3, 8):
        date = digest.date - timedelta(days=days)
        published(categories=("芯片",), date=date, title=f"芯片{days}")
    other = series("other", name="Other")
    published(categories=("模型",), date=digest.date, series=other)
    page = client.get(below(digest, "findings")).text
    assert re.findall(r"(模型|芯片) <b>(\d+)<", page) == [
        ("模型", "0"),
        ("芯片", "2"),
    ]
