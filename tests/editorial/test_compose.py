"""A draft digest: its text, its sections and the order of what stands in it."""

from datetime import timedelta

import pytest

from digests.editorial import compose, items, triage
from digests.editorial.errors import Invalid, Stale, WrongState
from digests.models import Category, Digest, Item
from tests.factories import PAST, draft, in_review, person, series, story

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


def order(digest: Digest) -> list[int]:
    return list(digest.placements.order_by("position").values_list("item", flat=True))


def positions(digest: Digest) -> list[int]:
    return list(digest.placements.order_by("position").values_list("position", flat=True))


def test_a_new_digest_is_its_makers_draft_of_now() -> None:
    editor = person()
    digest = compose.new(series(), "标题", by=editor)
    assert (digest.status, digest.owner, digest.version) == ("draft", editor, 1)
    assert digest.date.microsecond == 0
    assert (digest.slug, digest.path, digest.live_revision) == (None, None, None)


def test_categories_keep_the_order_they_were_given_in() -> None:
    digest = draft(categories=("乙", "甲", "丙"))
    assert digest.working_copy().document.categories == ("乙", "甲", "丙")


def test_a_digest_is_edited_as_a_whole() -> None:
    digest = draft()
    edited = compose.edit(
        digest, by=person(), version=digest.version, title="新", date=PAST + timedelta(hours=4),
        categories=[Category.objects.create(name="技术")], intro="引言", outro="结语",
    )  # fmt: skip
    document = edited.working_copy().document
    assert (document.title, document.categories, document.intro, document.outro) == (
        "新", ("技术",), "引言", "结语",
    )  # fmt: skip
    assert document.date.isoformat() == "2026-11-20T12:00:00+08:00"


def test_a_second_digest_with_the_same_date_and_title_is_refused_in_a_sentence() -> None:
    draft(title="同名")
    with pytest.raises(Invalid, match="already has a digest with this date"):
        draft(title="同名")


def test_placed_items_stand_at_the_end_or_where_they_were_put() -> None:
    a, b, c = story(), story(), story()
    digest = draft(a, b)
    digest = compose.place(digest, c, by=person(), version=digest.version, position=2)
    assert order(digest) == [a.pk, c.pk, b.pk]
    assert positions(digest) == [1, 2, 3]


def test_placing_a_placed_item_moves_it() -> None:
    a, b, c = story(), story(), story()
    digest = draft(a, b, c)
    digest = compose.place(digest, c, by=person(), version=digest.version, position=1)
    assert order(digest) == [c.pk, a.pk, b.pk]


def test_a_rejected_item_is_not_placed() -> None:
    item = story(status="inbox")
    item = items.reject(item, by=person(), version=item.version, reason="old")
    digest = draft()
    with pytest.raises(Invalid, match="rejected"):
        compose.place(digest, item, by=person(), version=digest.version)
    assert not digest.placements.exists()


def test_placing_an_item_of_the_inbox_shortlists_it() -> None:
    item, editor, digest = story(status="inbox"), person(), draft()
    compose.place(digest, item, by=editor, version=digest.version)
    item.refresh_from_db()
    assert item.status == "draft"
    assert (item.history.latest("pk").action, item.history.latest("pk").actor) == (
        "shortlist",
        editor,
    )


def test_an_item_is_added_on_any_version_and_goes_where_its_neighbour_is_by_then() -> None:
    a, b, c, d, e = (story() for _each in range(5))
    seen, li, wen = draft(a, b), person(first_name="Li"), person()
    compose.place(seen, b, by=li, version=seen.version, position=1)
    compose.place(seen, c, by=wen, version=seen.version, before=a)
    digest = compose.place(seen, d, by=wen, version=seen.version)
    assert order(digest) == [b.pk, c.pk, a.pk, d.pk]
    digest = compose.add_section(digest, "研究", by=li, version=digest.version)
    section = digest.sections.get()
    digest = compose.place(digest, a, by=li, version=digest.version, section=section)
    compose.place(seen, e, by=wen, version=seen.version, before=a)
    assert order(digest) == [b.pk, c.pk, d.pk, e.pk, a.pk]
    assert digest.placements.get(item=e).section == section


def test_an_item_goes_to_the_end_where_its_neighbour_is_gone() -> None:
    a, b, c = story(), story(), story()
    digest = draft(a, b)
    compose.remove(digest, a, by=person())
    digest = compose.place(digest, c, by=person(), version=digest.version, before=a)
    assert order(digest) == [b.pk, c.pk]


def test_an_item_has_one_destination() -> None:
    a, b = story(), story()
    digest = draft(a)
    with pytest.raises(ValueError, match="position or before"):
        compose.place(digest, b, by=person(), version=digest.version, before=a, position=1)
    assert order(digest) == [a.pk]


def test_a_removed_item_leaves_no_gap_and_stays_an_item() -> None:
    a, b, c = story(), story(), story()
    digest = draft(a, b, c)
    digest = compose.remove(digest, b, by=person())
    assert (order(digest), positions(digest)) == ([a.pk, c.pk], [1, 2])
    assert Item.objects.filter(pk=b.pk, status="approved").exists()


def test_an_item_that_does_not_stand_there_cannot_be_removed() -> None:
    digest = draft()
    with pytest.raises(Invalid):
        compose.remove(digest, story(), by=person())


def test_sections_follow_the_unnamed_part_and_number_their_own_items() -> None:
    a, b, c = story(), story(), story()
    editor = person()
    digest = draft(a)
    digest = compose.add_section(digest, "研究", by=editor, version=digest.version, intro="引")
    digest = compose.add_section(digest, "产品", by=editor, version=digest.version)
    research, product = digest.sections.all()
    digest = compose.place(digest, c, by=editor, version=digest.version, section=product)
    digest = compose.place(digest, b, by=editor, version=digest.version, section=research)
    assert order(digest) == [a.pk, b.pk, c.pk]
    sections = digest.working_copy().document.sections
    assert [(s.heading, len(s.entries)) for s in sections] == [("", 1), ("研究", 1), ("产品", 1)]

    digest = compose.move_section(digest, product, 1, by=editor, version=digest.version)
    assert order(digest) == [a.pk, c.pk, b.pk]
    digest = compose.edit_section(
        digest, product, by=editor, version=digest.version, heading="新品"
    )
    assert [s.heading for s in digest.working_copy().document.sections] == ["", "新品", "研究"]
    digest = compose.remove_section(digest, research, by=editor, version=digest.version)
    assert [(s.heading, len(s.entries)) for s in digest.working_copy().document.sections] == [
        ("", 1), ("新品", 2),
    ]  # fmt: skip
    assert list(digest.sections.values_list("position", flat=True)) == [1]


def test_an_item_moves_from_section_to_section() -> None:
    a, b = story(), story()
    editor = person()
    digest = draft(a, b)
    digest = compose.add_section(digest, "研究", by=editor, version=digest.version)
    section = digest.sections.get()
    digest = compose.place(digest, a, by=editor, version=digest.version, section=section)
    assert order(digest) == [b.pk, a.pk]
    digest = compose.place(digest, a, by=editor, version=digest.version, position=1)
    assert order(digest) == [a.pk, b.pk]


def test_a_section_of_another_digest_is_refused() -> None:
    editor = person()
    other = draft()
    other = compose.add_section(other, "别处", by=editor, version=other.version)
    digest = draft(story())
    with pytest.raises(Invalid):
        compose.place(
            digest, story(), by=editor, version=digest.version, section=other.sections.get()
        )


def test_a_digest_has_no_more_sections_than_its_file_may_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compose, "MAX_SECTIONS", 1)
    digest, editor = draft(), person()
    digest = compose.add_section(digest, "一", by=editor, version=digest.version)
    with pytest.raises(Invalid, match="A digest holds at most 1 sections."):
        compose.add_section(digest, "二", by=editor, version=digest.version)


def test_a_digest_from_before_there_was_a_bound_is_still_put_in_order() -> None:
    digest = draft(story(), story())
    first = digest.placements.earliest("position").item
    # As if it had so many stories.
    digest.placements.filter(position=2).update(position=1_001)
    digest = compose.place(digest, first, by=person(), version=digest.version, position=2)
    assert positions(digest) == [1, 2]


def test_a_digest_past_draft_is_locked() -> None:
    editor = person()
    digest = in_review()
    with pytest.raises(WrongState, match="in review"):
        compose.place(digest, story(), by=editor, version=digest.version)
    with pytest.raises(WrongState):
        compose.add_section(digest, "晚", by=editor, version=digest.version)


def test_a_stale_change_is_refused_and_changes_nothing() -> None:
    a, b = story(), story()
    digest = draft(a, b)
    li = person(first_name="Li")
    compose.place(digest, b, by=li, version=digest.version, position=1)
    with pytest.raises(Stale, match="Li"):
        compose.place(digest, a, by=person(), version=digest.version)
    assert order(digest) == [b.pk, a.pk]
    assert Digest.objects.get(pk=digest.pk).version == digest.version + 1


@pytest.mark.parametrize("place", range(4))
@pytest.mark.parametrize(("moved", "to"), [(0, 2), (0, 3), (1, 1), (2, 1)])
def test_a_story_is_moved_as_its_editor_saw_the_order_though_another_was_added(
    moved: int, to: int, place: int
) -> None:
    stories = [story() for _each in range(3)]
    seen, added, li = draft(*stories), story(), person(first_name="Li")
    before = [*stories, None][place]
    compose.place(seen, added, by=li, version=seen.version, before=before)
    item = stories[moved]
    digest = compose.place(seen, item, by=person(), version=seen.version, position=to)
    expected = [each.pk for each in stories if each != item]
    expected.insert(to - 1, item.pk)
    now = order(digest)
    assert [pk for pk in now if pk != added.pk] == expected
    # The new one stays behind the story that it was put behind, unless that one was moved.
    if place and place - 1 != moved and now[-1] != item.pk:
        assert now[now.index(added.pk) - 1] == stories[place - 1].pk
    assert positions(digest) == [1, 2, 3, 4]


def test_a_story_is_moved_into_and_out_of_a_section_that_others_added_to() -> None:
    a, b, c = story(), story(), story()
    li, wen, seen = person(first_name="Li"), person(), draft(a, b)
    seen = compose.add_section(seen, "研究", by=wen, version=seen.version)
    section = seen.sections.get()
    compose.place(seen, c, by=li, version=seen.version, section=section)
    compose.add_section(seen, "产品", by=li, version=Digest.objects.get().version)
    compose.place(seen, a, by=wen, version=seen.version, section=section, position=1)
    assert order(seen) == [b.pk, c.pk, a.pk]
    compose.place(seen, b, by=wen, version=Digest.objects.get().version, before=c)
    assert order(seen) == [b.pk, c.pk, a.pk]
    assert set(seen.placements.values_list("section", flat=True)) == {section.pk}


def test_a_section_is_moved_though_stories_were_added() -> None:
    editor, seen = person(), draft()
    for heading in ("一", "二"):
        seen = compose.add_section(seen, heading, by=editor, version=seen.version)
    compose.place(seen, story(), by=person(), version=seen.version)
    compose.move_section(seen, seen.sections.all()[1], 1, by=editor, version=seen.version)
    assert [section.heading for section in seen.sections.all()] == ["二", "一"]


def test_a_section_is_renamed_and_removed_though_stories_were_added() -> None:
    editor, seen, first = person(), draft(), story()
    for heading in ("一", "二"):
        seen = compose.add_section(seen, heading, by=editor, version=seen.version)
    one, two = seen.sections.all()
    compose.place(seen, first, by=person(), version=seen.version, section=two)
    compose.edit_section(seen, one, by=editor, version=seen.version, heading="壹")
    now = Digest.objects.get(pk=seen.pk)
    compose.place(now, story(), by=person(), version=now.version)
    compose.remove_section(now, two, by=editor, version=now.version)
    assert [section.heading for section in seen.sections.all()] == ["壹"]
    assert seen.placements.get(item=first).section == one


def test_a_section_that_somebody_rewrote_is_neither_rewritten_nor_removed_unseen() -> None:
    editor, li = person(), person(first_name="Li")
    seen = draft()
    seen = compose.add_section(seen, "一", by=editor, version=seen.version)
    section = seen.sections.get()
    compose.edit_section(seen, section, by=li, version=seen.version, heading="壹", intro="新")
    with pytest.raises(Stale, match="Li"):
        compose.edit_section(seen, section, by=editor, version=seen.version, heading="甲")
    with pytest.raises(Stale, match="Li"):
        compose.remove_section(seen, section, by=editor, version=seen.version)
    assert [(s.heading, s.intro) for s in seen.sections.all()] == [("壹", "新")]


def test_a_move_in_an_order_that_others_changed_is_refused_with_who_did() -> None:
    a, b, c = story("甲"), story(), story()
    seen, li, wen = draft(a, b), person(first_name="Li"), person()
    compose.remove(seen, a, by=li)
    # Who was the last to change the digest is not the one whom the move runs into.
    compose.place(seen, c, by=wen, version=seen.version)
    for given in ({"position": 1}, {"before": c}, {}):
        with pytest.raises(Stale, match="Li removed 甲."):
            compose.place(seen, b, by=wen, version=seen.version, **given)
    assert order(seen) == [b.pk, c.pk]


def test_a_story_moved_to_the_end_goes_behind_all_that_were_added_in_one_step() -> None:
    wen, li = person(), person()
    a, b, c, d = (story(headline) for headline in "甲乙丙丁")
    seen = draft(a, b)
    triage.add_to_digest(seen, [(c, c.version), (d, d.version)], by=li)
    triage.add_to_digest(seen, [(c, c.version)], by=li)  # which is refused, and adds nothing
    digest = compose.place(seen, a, by=wen, version=seen.version, position=2)
    assert order(digest) == [item.pk for item in (b, c, d, a)]


def test_nothing_is_moved_over_changes_of_which_no_version_is_known() -> None:
    a, b = story(), story()
    seen, li = draft(a, b), person(first_name="Li")
    compose.place(seen, story("丙"), by=li, version=seen.version)
    # As an earlier release wrote its entries.
    seen.history.model._base_manager.filter(digest=seen).update(version=None)
    for version in (seen.version, seen.version + 9, -1):
        with pytest.raises(Stale, match="Li added 丙"):
            compose.place(seen, b, by=person(), version=version, position=1)
    assert order(seen)[:2] == [a.pk, b.pk]
