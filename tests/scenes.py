"""For each verb: a row in the state the verb starts from, and the call that tries it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.utils import timezone

from digests.accounts.roles import REVIEWER
from digests.editorial import (
    collaboration,
    compose,
    deleting,
    filing,
    items,
    lifecycle,
    planning,
    slots,
    triage,
    writing,
)
from digests.editorial.importing import import_digest
from digests.models import Category, Claim, Digest, Item, Section, Series, Slot, User, clock
from digests.text.format import DigestDocument, Entry, dump
from digests.text.format import Section as DocumentSection
from tests.factories import (
    PAST,
    approve,
    draft,
    in_review,
    person,
    published,
    scheduled,
    series,
    shown,
    story,
)

EDITORS = {"editor", "reviewer", "administrator"}
REVIEWERS = {"reviewer", "administrator"}

# Which roles may call which verb: the one table of roles and verbs.
ALLOWED: dict[str, set[str]] = {
    "add_item": EDITORS,
    "edit_item": EDITORS,
    "edit_details": EDITORS,
    "complete": EDITORS,
    "shortlist": EDITORS,
    "reject": EDITORS,
    "reopen": EDITORS,
    "approve_item": EDITORS,
    "delete_item": EDITORS,
    "delete_digest": EDITORS,
    "new_digest": EDITORS | {"system"},
    "edit_digest": EDITORS,
    "add_section": EDITORS,
    "edit_section": EDITORS,
    "move_section": EDITORS,
    "remove_section": EDITORS,
    "place": EDITORS,
    "remove": EDITORS,
    "submit": EDITORS,
    "take_back": EDITORS,
    "send_back": REVIEWERS,
    "send_back_own": EDITORS,
    "approve": REVIEWERS,
    "publish": REVIEWERS | {"system"},
    "correct": REVIEWERS,
    "abandon": REVIEWERS,
    "withdraw": REVIEWERS,
    "reopen_digest": REVIEWERS,
    "restore": REVIEWERS,
    "import_digest": {"administrator", "system"},
    "undo": EDITORS,
    "claim": EDITORS,
    "claim_for_writing": EDITORS,
    "keep_draft": EDITORS,
    "save_text": EDITORS,
    "approve_ready": EDITORS,
    "take_in": EDITORS,
    "take_out": EDITORS,
    "work_on": EDITORS,
    "set_embargo": EDITORS,
    "take_slot": EDITORS,
    "move": EDITORS,
    "free": EDITORS,
    "make_now": EDITORS,
    "put_into_next": EDITORS,
    "skip": REVIEWERS,
    "unskip": REVIEWERS,
    "plan": {"system"},
    "make_draft": EDITORS | {"system"},
    "notice_miss": {"system"},
    "tell_next": {"system"},
    "replan": {"system"},
    "pause": {"administrator"},
    "resume": {"administrator"},
    "file_drafts": {"administrator"},
}
# Verbs of the desk that its own screens and its API call.
AT_THE_DESK = {
    "undo", "claim", "claim_for_writing", "keep_draft", "take_in", "take_out", "work_on",
    "edit_details", "complete",
}  # fmt: skip
# Verbs that have no door.
OF_THE_SYSTEM = {verb for verb, roles in ALLOWED.items() if roles == {"system"}}
SOON = timedelta(hours=4)
ACTORS = ("editor", "reviewer", "administrator", "superuser", "member", "inactive", "system")


@dataclass
class Scene:
    """A verb to try: `row` is what it acts on (None when it makes one), `act(by=…)` tries it."""

    row: Item | Digest | None
    act: Callable[..., object]
    # What a screen must send beside the version.
    form: dict[str, object]
    # As if this actor had taken the step before, whatever they may do now: for verbs that only
    # those may call.
    give_to: Callable[[User | None], object] = lambda by: None


def actor(name: str) -> User | None:
    """A user of the role, or None for “system”."""
    return None if name == "system" else user_of_role(name)


def user_of_role(name: str) -> User:
    """A user of the role; “member” is staff without a role."""
    if name in ("superuser", "member", "inactive"):
        made = person(None, is_superuser=name == "superuser", is_active=name != "inactive")
        User.objects.filter(pk=made.pk).update(is_staff=True)
        return User.objects.get(pk=made.pk)
    return person(name.capitalize())


def scene(verb: str) -> Scene:
    make: Callable[[], Scene] = globals()[f"_{verb}"]
    return make()


def _on(row: Item | Digest, verb: Callable[..., object], *given: object, **form: object) -> Scene:
    return Scene(row, partial(verb, row, *given, version=row.version, **form), form)


def _undo() -> Scene:
    item = story(status=Item.Status.INBOX)
    Item.objects.filter(pk=item.pk).update(status=Item.Status.DRAFT)
    shortlist = partial(item.history.create, action="shortlist", before="inbox", after="draft")
    return replace(_on(item, items.undo), give_to=lambda by: shortlist(actor=by))


def _claim() -> Scene:
    item = story()
    return Scene(item, partial(collaboration.claim, item), {})


def _claim_for_writing() -> Scene:
    item = story()
    return Scene(item, partial(collaboration.claim, item, lasts=Claim.FOR_WRITING), {})


def _keep_draft() -> Scene:
    item = story()
    return Scene(
        item, partial(collaboration.keep_draft, item, item.entry(), version=item.version), {}
    )


def _save_text() -> Scene:
    return _on(story(), writing.save_text, Entry("改过"))


def _approve_ready() -> Scene:
    return _on(story(status=Item.Status.DRAFT), writing.approve_ready)


def _take_in() -> Scene:
    item = story()
    digest = draft()
    return Scene(
        item, partial(triage.add_to_digest, digest, [(item, item.version)]), {"to": digest}
    )


def _take_out() -> Scene:
    item = story()
    digest = draft(item)
    undo_add = partial(triage.undo_add, digest, [(item, item.version)], shortlisted=())
    return Scene(item, undo_add, {"to": digest})


def _work_on() -> Scene:
    digest = draft()
    return Scene(digest, partial(collaboration.set_current_digest, digest), {})


def _add_item() -> Scene:
    entry = Entry("新条目", "", "https://example.org/new", "")
    return Scene(None, partial(items.add, entry, language="zh-hans"), {})


def _edit_item() -> Scene:
    item = story(status=Item.Status.DRAFT)
    return _on(item, items.edit, Entry("改过", item.byline, item.url, item.body))


def _edit_details() -> Scene:
    return _on(story(status=Item.Status.DRAFT), items.edit_details, byline="别人")


def _complete() -> Scene:
    item = story(status=Item.Status.INBOX)
    return Scene(item, partial(items.complete, item, captured="原文"), {})


def _shortlist() -> Scene:
    return _on(story(status=Item.Status.INBOX), items.shortlist)


def _reject() -> Scene:
    return _on(story(status=Item.Status.INBOX), items.reject, reason="old", note="")


def _reopen() -> Scene:
    item = story(status=Item.Status.INBOX)
    return _on(items.reject(item, by=person(), version=item.version, reason="old"), items.reopen)


def _approve_item() -> Scene:
    return _on(story(status=Item.Status.DRAFT), items.approve)


def _delete_item() -> Scene:
    return _on(story(status=Item.Status.INBOX), deleting.delete_item)


def _delete_digest() -> Scene:
    return _on(draft(), deleting.delete_digest)


def _new_digest() -> Scene:
    return Scene(None, partial(compose.new, series(), "新一期", date=PAST), {})


def _edit_digest() -> Scene:
    return _on(draft(), compose.edit, title="改过", date=PAST, categories=[], intro="", outro="")


def _add_section() -> Scene:
    return _on(draft(), compose.add_section, "研究")


def _with_section() -> tuple[Digest, Section]:
    digest = draft(story())
    digest = compose.add_section(digest, "研究", by=digest.owner, version=digest.version)
    return digest, digest.sections.get()


def _edit_section() -> Scene:
    digest, section = _with_section()
    return _on(digest, compose.edit_section, section, heading="产品", intro="")


def _move_section() -> Scene:
    digest, section = _with_section()
    return _on(digest, compose.move_section, section, 1)


def _remove_section() -> Scene:
    digest, section = _with_section()
    return _on(digest, compose.remove_section, section)


def _place() -> Scene:
    return _on(draft(), compose.place, story())


def _remove() -> Scene:
    item = story()
    digest = draft(item)
    return Scene(digest, partial(compose.remove, digest, item), {})


def _submit() -> Scene:
    return _on(draft(story()), lifecycle.submit)


def _take_back() -> Scene:
    digest = in_review()
    submit = partial(digest.history.create, action="submit", before="draft", after="review")
    return replace(_on(digest, lifecycle.take_back), give_to=lambda by: submit(actor=by))


def _send_back() -> Scene:
    return _on(in_review(), lifecycle.send_back, note="再改")


def _send_back_own() -> Scene:
    digest = in_review()
    own = Digest.objects.filter(pk=digest.pk)
    sending = _on(digest, lifecycle.send_back, note="再改")
    return replace(sending, give_to=lambda by: own.update(owner=by))


def _approve() -> Scene:
    digest = in_review()
    return _on(digest, lifecycle.approve, sha256=shown(digest))


def _publish() -> Scene:
    """Approved for a future date; the test waits until that has come."""
    digest = approve(in_review(date=timezone.now() + SOON))
    return _on(digest, lifecycle.publish)


def _correct() -> Scene:
    return _on(published(), lifecycle.correct)


def _in_correction() -> Digest:
    digest = published()
    return lifecycle.correct(digest, by=person(REVIEWER), version=digest.version)


def _abandon() -> Scene:
    return _on(_in_correction(), lifecycle.abandon)


def _withdraw() -> Scene:
    return _on(published(), lifecycle.withdraw, note="撤稿")


def _reopen_digest() -> Scene:
    digest = published()
    digest = lifecycle.withdraw(digest, by=person(REVIEWER), version=digest.version, note="撤稿")
    return _on(digest, lifecycle.reopen)


def _restore() -> Scene:
    digest = _in_correction()
    return _on(digest, lifecycle.restore, digest.live_revision)


def an_archived_digest() -> str:
    """The text of a file that can be imported into the usual series."""
    entry = Entry("旧闻", "", "https://example.org/old", "正文。")
    date = PAST.astimezone(ZoneInfo("Asia/Shanghai"))
    return dump(
        DigestDocument("旧一期", date, (), "", (DocumentSection("", "", (entry,)),), "", ())
    )


def _import_digest() -> Scene:
    return Scene(None, partial(import_digest, an_archived_digest(), series()), {})


def _set_embargo() -> Scene:
    return _on(story(), items.set_embargo, not_before=timezone.now() + SOON)


def _planned() -> Slot:
    """The next slot of a series, with a draft."""
    made = scheduled(lead_minutes=24 * 60)
    planning.keep()
    return made.slots.to_come(clock.now()).with_names()[0]


def _slot(verb: Callable[..., object], **given: object) -> Scene:
    return Scene(None, partial(verb, _planned(), **given), {})


def _take_slot() -> Scene:
    return _slot(slots.take)


def _skip() -> Scene:
    return _slot(slots.skip, reason="假日")


def _unskip() -> Scene:
    slot = slots.skip(_planned(), by=person(REVIEWER), reason="假日")
    return Scene(None, partial(slots.unskip, slot), {})


def _with_digest() -> Digest:
    digest = _planned().digest
    assert digest is not None
    return digest


def _move() -> Scene:
    digest = _with_digest()
    later = digest.series.slots.filter(due_at__gt=digest.date).order_by("due_at")[0]
    return _on(digest, slots.move, later)


def _free() -> Scene:
    return _on(_with_digest(), slots.free)


def _make_now() -> Scene:
    later = timezone.now() + timedelta(minutes=7)
    return Scene(None, partial(slots.make_now, _planned().series, later), {})


def _put_into_next() -> Scene:
    item = story()
    put = partial(slots.put_into_next, [(item, item.version)], _planned().series)
    return Scene(item, put, {})


def _make_draft() -> Scene:
    last = _planned().series.slots.order_by("-due_at")[0]
    return Scene(None, partial(planning.make_draft, last), {})


def _plan() -> Scene:
    """Of a series with a slot that somebody took, whose window begins otherwise."""
    taken = _planned()
    Slot.objects.exclude(pk=taken.pk).delete()
    Slot.objects.update(taken_by=person(), window_begins=taken.due_at - timedelta(minutes=1))
    Series.objects.update(planned_until=None)
    return Scene(None, partial(planning.plan, Series.objects.get()), {})


def _notice_miss() -> Scene:
    slot = _planned()
    return Scene(None, partial(planning.notice_miss, slot), {})


def _tell_next() -> Scene:
    return Scene(None, partial(planning.tell_next, _planned().series), {})


def _replan() -> Scene:
    made = _planned().series
    Series.objects.filter(pk=made.pk).update(schedule="30 9 * * *", is_plan_stale=True)
    return Scene(None, partial(planning.replan, made), {})


def _pause() -> Scene:
    return Scene(None, partial(planning.pause, _planned().series), {})


def _file_drafts() -> Scene:
    category = Category.objects.get_or_create(name="AI")[0]
    return Scene(None, partial(filing.file_drafts, series(), [category]), {})


def _resume() -> Scene:
    made = scheduled(paused_at=timezone.now())
    return Scene(None, partial(planning.resume, made), {})
