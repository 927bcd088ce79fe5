"""Rows for tests, made through the verbs wherever a verb makes them."""

from datetime import UTC, datetime
from itertools import count

from django.contrib.auth.models import Group

from digests import editorial
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
from digests.roles import EDITOR, REVIEWER
from digests.text.document import Entry

_number = count(1)

PAST = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)


def person(role: str | None = EDITOR, **fields: object) -> User:
    """Somebody with a role (or none); the password is “password”."""
    fields.setdefault("username", f"person{next(_number)}")
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
    status: Item.Status = Item.Status.APPROVED,
    by: User | None = None,
    **fields: object,
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
    item = editorial.add_item(entry, by=by, language="zh-hans", **fields)
    if status != Item.Status.INBOX:
        item = editorial.shortlist(item, by=by, version=item.version)
    if status == Item.Status.APPROVED:
        item = editorial.approve_item(item, by=by, version=item.version)
    return item


def draft(
    *items: Item,
    title: str = "",
    date: datetime = PAST,
    categories: tuple[str, ...] = ("AI 发展",),
    by: User | None = None,
    series: Series | None = None,
    **fields: object,
) -> Digest:
    """A draft digest holding these items in order."""
    by = by or _hand("editor", EDITOR)
    digest = editorial.new_digest(
        series or globals()["series"](),
        title or f"过去4小时全球AI发生了什么？{next(_number)}",
        by=by,
        date=date,
        categories=[Category.objects.get_or_create(name=name)[0] for name in categories],
        **fields,
    )
    for item in items:
        digest = editorial.place(digest, item, by=by, version=digest.version)
    return digest


def in_review(*items: Item, by: User | None = None, **fields: object) -> Digest:
    by = by or _hand("editor", EDITOR)
    digest = draft(*(items or (story(),)), by=by, **fields)
    return editorial.submit(digest, by=by, version=digest.version)


def approve(digest: Digest, *, by: User | None = None, note: str = "") -> Digest:
    """Approve what is there now."""
    digest.refresh_from_db()
    return editorial.approve(
        digest,
        by=by or _hand("reviewer", REVIEWER),
        version=digest.version,
        sha256=shown(digest),
        note=note,
    )


def published(*items: Item, **fields: object) -> Digest:
    """A digest the public can see (its date is in the past)."""
    return approve(in_review(*items, **fields))


def stored(digest: Digest, text: str, **document: object) -> Revision:
    """Let the public see a revision in which a text stands for the title, a headline and the
    categories, although no verb would let it in."""
    live = digest.live_revision
    assert live is not None
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
