"""Rows for tests, made through the verbs wherever a verb makes them."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import TypedDict, Unpack

from django.contrib.auth.models import Group

from digests.accounts.roles import EDITOR, REVIEWER
from digests.editorial import compose, items, lifecycle, planning
from digests.models import (
    Category,
    Digest,
    Filing,
    Item,
    Revision,
    Series,
    Site,
    Source,
    User,
)
from digests.text.format import Entry

_number = count(1)

PAST = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


class UserFields(TypedDict, total=False):
    username: str
    first_name: str
    last_name: str
    email: str
    language: str
    is_active: bool
    is_superuser: bool
    sees_first_steps: bool


class ItemFields(TypedDict, total=False):
    source: Source | None
    captured: str
    repeat_of: Item | None
    posted_at: datetime | None


class DigestFields(TypedDict, total=False):
    title: str
    date: datetime
    categories: tuple[str, ...]
    series: Series
    intro: str
    outro: str


def person(role: str | None = EDITOR, **fields: Unpack[UserFields]) -> User:
    """A user with a role (or none); the password is “password”."""
    fields.setdefault("username", f"person{next(_number)}")
    fields.setdefault("sees_first_steps", False)
    user = User.objects.create_user(password="password", is_staff=role is not None, **fields)
    if role:
        user.groups.add(Group.objects.get(name=role))
    return user


def series(slug: str = "global-ai", **fields: object) -> Series:
    defaults = {"name": "Global AI", "time_zone": "Asia/Shanghai", "language": "zh-hans"}
    return Series.objects.get_or_create(slug=slug, defaults=defaults | fields)[0]


def source(name: str = "Mira Okafor", **fields: object) -> Source:
    defaults = {"kind": "x", "byline": name, "language": "en"}
    return Source.objects.get_or_create(name=name, defaults=defaults | fields)[0]


def story(
    headline: str = "",
    *,
    url: str | None = None,
    byline: str = "Mira Okafor",
    body: str = "一段**加粗**的正文。",
    status: str = Item.Status.APPROVED,
    by: User | None = None,
    **fields: Unpack[ItemFields],
) -> Item:
    """An item that went the usual way to `status` (inbox, draft or approved)."""
    number = next(_number)
    by = by or _hand("editor", EDITOR)
    entry = Entry(
        headline or f"第{number}条新闻",
        byline,
        f"https://example.org/{number}" if url is None else url,
        body,
    )
    item = items.add(entry, by=by, language="zh-hans", **fields)
    if status != Item.Status.INBOX:
        item = items.shortlist(item, by=by, version=item.version)
    if status == Item.Status.APPROVED:
        item = items.approve(item, by=by, version=item.version)
    return item


def draft(*items: Item, by: User | None = None, **fields: Unpack[DigestFields]) -> Digest:
    """A draft digest holding these items in order."""
    by = by or _hand("editor", EDITOR)
    names = fields.get("categories", ("AI 发展",))
    digest = compose.new(
        fields.get("series") or series(),
        fields.get("title") or f"过去4小时全球AI发生了什么？{next(_number)}",
        by=by,
        date=fields.get("date", PAST),
        categories=[Category.objects.get_or_create(name=name)[0] for name in names],
        intro=fields.get("intro", ""),
        outro=fields.get("outro", ""),
    )
    for item in items:
        digest = compose.place(digest, item, by=by, version=digest.version)
    return digest


def in_review(*items: Item, by: User | None = None, **fields: Unpack[DigestFields]) -> Digest:
    by = by or _hand("editor", EDITOR)
    digest = draft(*(items or (story(),)), by=by, **fields)
    return lifecycle.submit(digest, by=by, version=digest.version)


LEAK = "[leak]: https://example.org/x\n\n[leak]"


def spoiled(digest: Digest) -> Digest:
    """The digest with a text that no file can hold, which no verb would let it have by now."""
    Digest.objects.filter(pk=digest.pk).update(intro=LEAK)
    digest.refresh_from_db()
    return digest


def approve(digest: Digest, *, by: User | None = None, note: str = "") -> Digest:
    """Approve the digest as it is now."""
    digest.refresh_from_db()
    return lifecycle.approve(
        digest,
        by=by or _hand("reviewer", REVIEWER),
        version=digest.version,
        sha256=shown(digest),
        note=note,
    )


def move(digest: Digest, verb: Callable[..., Digest], **given: object) -> Digest:
    """Call a verb on the digest as it is now, as a reviewer."""
    digest.refresh_from_db()
    return verb(digest, by=person(REVIEWER), version=digest.version, **given)


def published(*items: Item, by: User | None = None, **fields: Unpack[DigestFields]) -> Digest:
    """A digest the public can see (its date is in the past)."""
    return approve(in_review(*items, by=by, **fields))


def live_revision(digest: Digest) -> Revision:
    """What the public sees of a published digest."""
    assert digest.live_revision is not None
    return digest.live_revision


def stored(digest: Digest, text: str, **document: object) -> Revision:
    """Make a revision live that has this text as its title, its only category and a headline,
    although no verb would accept it."""
    live = live_revision(digest)
    changed = live.document | {"title": text, "categories": [text]} | document
    changed["sections"][0]["entries"][0]["headline"] = text
    Revision.objects.bulk_create([
        Revision(
            digest=digest, number=99, document=changed, dated=live.dated, day=live.day,
            language=live.language, document_sha256="", text="",
        )
    ])  # fmt: skip
    revision = Revision.objects.get(digest=digest, number=99)
    for position, name in enumerate(changed["categories"], start=1):
        Filing.objects.create(revision=revision, position=position, name=name)
    for entry in live.entries.all():
        entry.pk, entry._state.adding, entry.revision = None, True, revision
        entry.save()
    Digest.objects.filter(pk=digest.pk).update(live_revision=revision)
    Site.objects.publish_edition()
    return revision


def shown(digest: Digest) -> str:
    """The fingerprint of the working copy, as the approval page shows it."""
    return digest.working_copy().fingerprint


def _hand(username: str, role: str) -> User:
    return User.objects.filter(username=username).first() or person(role, username=username)


def scheduled(slug: str = "global-ai", **fields: object) -> Series:
    """A series every four hours in Shanghai, planned from the present on when `keep` is called."""
    clocked = {
        "schedule": "0 0,4,8,12,16,20 * * *",
        "title_pattern": "{slot:%Y.%m.%d.%H} 过去{hours}小时全球AI发生了什么？",
    }
    made = series(slug)
    Series.objects.filter(pk=made.pk).update(**clocked | fields)
    made.refresh_from_db()
    return made


def reschedule(made: Series, **fields: object) -> None:
    """Change what the slots of a series are made from, as its form does, and let them follow."""
    Series.objects.filter(pk=made.pk).update(is_plan_stale=True, **fields)
    planning.replan(made, by=None)
    made.refresh_from_db()
