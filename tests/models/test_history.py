"""What happened stays: no revision, entry or line of history is rewritten, nor its owner lost."""

import re
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from digests.editorial import compose, items, lifecycle
from digests.editorial.errors import Stale
from digests.editorial.importing import import_digest
from digests.models import Digest, Entry, HistoryEntry, Item, Refusal, Revision, User
from tests.factories import draft, person, published, series, story
from tests.scenes import an_archived_digest
from tests.screens import below, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]


@pytest.mark.parametrize("model", [Revision, Entry, HistoryEntry])
def test_history_is_neither_saved_again_nor_updated_nor_deleted(
    model: type[Revision | Entry | HistoryEntry],
) -> None:
    published()
    row = model.objects.all()[0]
    for act in (
        row.save,
        row.delete,
        lambda: model.objects.update(pk=row.pk),
        lambda: model.objects.all().delete(),
        lambda: model.objects.filter(pk=row.pk).bulk_update([row], ["id"]),
    ):
        with pytest.raises(Refusal):
            act()
    assert model.objects.filter(pk=row.pk).exists()


def test_an_untouched_item_or_digest_may_be_deleted() -> None:
    item, digest = story(status="inbox"), draft()
    item.delete()
    digest.delete()
    assert not Item.objects.exists()
    assert not Digest.objects.exists()
    assert not HistoryEntry.objects.exists()


def test_what_something_happened_to_cannot_be_deleted() -> None:
    item = story(status="draft")
    digest = draft(item)
    for row in (item, digest):
        with pytest.raises(Refusal, match="has a history"):
            row.delete()
        with pytest.raises(Refusal, match="has a history"):
            type(row).objects.all().delete()
        assert type(row).objects.filter(pk=row.pk).exists()


def test_an_edit_is_history_too() -> None:
    item = story(status="inbox")
    items.edit(item, item.entry(), by=person(), version=item.version)
    with pytest.raises(Refusal):
        item.delete()


def test_the_database_itself_refuses_a_published_digest_without_a_live_revision() -> None:
    digest = published()
    with pytest.raises(IntegrityError), transaction.atomic():
        Digest.objects.filter(pk=digest.pk).update(live_revision=None)


def test_the_database_itself_refuses_a_second_item_with_a_link() -> None:
    item = story(url="https://example.org/a")
    other = story()
    with pytest.raises(IntegrityError), transaction.atomic():
        Item.objects.filter(pk=other.pk).update(url_key=item.url_key)


def test_an_imported_draft_and_its_items_are_history_from_the_start() -> None:
    digest = import_digest(an_archived_digest(), series(), by=None, draft=True).digest
    for row in (digest, digest.items.get()):
        with pytest.raises(Refusal, match="has a history"):
            row.delete()


def lines(row: Item | Digest, by: User) -> list[str]:
    """What the page of its history tells, the latest first."""
    page = signed_in(by).get(below(row, "history")).text
    found = re.findall(r'<span class="what"><strong>(.*?)</span></li>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in found]


def test_the_history_tells_which_story_went_where() -> None:
    ann = person(username="ann", first_name="Ann")
    first, second = story("甲"), story("乙")
    digest = draft(by=ann)
    digest = compose.place(digest, first, by=ann, version=digest.version)
    digest = compose.place(digest, second, by=ann, version=digest.version)
    digest = compose.place(digest, second, by=ann, version=digest.version, position=1)
    digest = compose.add_section(digest, "研究", by=ann, version=digest.version)
    section = digest.sections.get()
    digest = compose.place(digest, first, by=ann, version=digest.version, section=section)
    digest = compose.remove(digest, second, by=ann)
    told = lines(digest, ann)
    assert told[:3] == ["Ann removed 乙", "Ann moved 甲 (2 → 研究 1)", "Ann added a section 研究"]
    assert told[3:6] == ["Ann moved 乙 (2 → 1)", "Ann added 乙 (2)", "Ann added 甲 (1)"]


def test_the_history_of_a_story_shows_what_an_edit_changed() -> None:
    ann = person(username="ann", first_name="Ann")
    item = story("旧标题", body="正文", status=Item.Status.DRAFT)
    entry = item.entry().__class__("新标题", item.byline, item.url, item.body)
    item = items.edit(item, entry, by=ann, version=item.version)
    page = signed_in(ann).get(below(item, "history")).text
    assert "<del>旧</del><ins>新</ins>标题" in page
    assert "<del>旧</del>" in signed_in(ann).get(below(item, "write")).text
    items.edit(item, entry, by=ann, version=item.version, language="en")
    assert item.history.latest("pk").note == ""


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda d, a, b, by: compose.place(d, b, by=by, version=d.version, position=1),
         "Ann moved 乙 (2 → 1). Your change was not saved."),
        (lambda d, a, b, by: compose.place(d, story("丙"), by=by, version=d.version),
         "Ann added 丙 (3). Your change was not saved."),
        (lambda d, a, b, by: compose.remove(d, b, by=by),
         "Ann removed 乙. Your change was not saved."),
        (lambda d, a, b, by: compose.add_section(d, "研究", by=by, version=d.version),
         "Ann changed “午间” (added a section). Your change was not saved."),
    ],
)  # fmt: skip
def test_who_was_overtaken_reads_what_happened(act: Callable[..., object], said: str) -> None:
    ann = person(username="ann", first_name="Ann")
    first, second = story("甲"), story("乙")
    digest = draft(first, second, title="午间")
    act(digest, first, second, ann)
    with pytest.raises(Stale) as stale:
        lifecycle.submit(digest, by=person(), version=digest.version)
    assert str(stale.value) == said


def test_what_somebody_did_is_told_in_one_form_in_chinese() -> None:
    with translation.override("zh-hans"):
        labels = [str(label) for label in HistoryEntry.Action.labels]
    assert "撤回" in labels
    assert [label for label in labels if label.startswith("已")] == []
