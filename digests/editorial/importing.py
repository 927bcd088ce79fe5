"""The verb that imports a file of an archive as a digest."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from digests.editorial.compose import file_under
from digests.editorial.errors import Invalid, refuse_errors, sentence, validation_messages
from digests.editorial.guards import Actor, record, require, save_step
from digests.editorial.items import link_key
from digests.editorial.publishing import go_live
from digests.editorial.revisions import read_copy, take_revision
from digests.models import (
    Category,
    Digest,
    HistoryEntry,
    Item,
    Placement,
    Revision,
    Section,
    Series,
    Source,
)
from digests.models.transitions import ItemStatus
from digests.text.finding import Finding
from digests.text.format import DigestDocument, Entry, FormatError, dump, first_difference, parse
from digests.text.format.paths import check_path


@dataclass(frozen=True)
class Imported:
    """The result of importing a file.

    `rewritten` is the first line (from 1) in which the file differs from the form this
    newsroom writes, if any. `guesses` are the bylines that no known source has, split at the
    last hyphen of a label.
    """

    digest: Digest
    outcome: Literal["imported", "unchanged"]
    rewritten: int | None
    guesses: tuple[str, ...]


def import_digest(
    text: str, series: Series, *, by: Actor, name: str = "", draft: bool = False
) -> Imported:
    """Make a digest from the text of a file called `name`, published unless `draft`.

    A digest is recognized by series, date and title, those of its working copy or those with which
    it was imported or published: the same text again changes nothing, another text is refused with
    a diff. Raises `Invalid` with the place and the reason.
    """
    require(by, "import_digest")
    try:
        return _import(text, series, by=by, name=name, draft=draft)
    except IntegrityError:
        # Another import made this digest, or its path, category or item, in the meantime and has
        # committed: this time it is found. A lock would have to come before those of the items,
        # against the order of every other verb.
        return _import(text, series, by=by, name=name, draft=draft)


@transaction.atomic
def _import(text: str, series: Series, *, by: Actor, name: str, draft: bool) -> Imported:
    sources = {source.byline: source for source in Source.objects.exclude(byline="")}
    try:
        document = parse(text, bylines=tuple(sources))
    except FormatError as error:
        finding = Finding(
            "error", "format", error.message, error.params, item=error.item, line=error.line
        )
        raise Invalid(sentence(finding), [finding]) from None
    _require_zone(document.date, series.zone)
    if dict(document.extra) != series.extra:
        raise Invalid(
            gettext("The extra keys %(file)s are not those of the series, %(series)s.")
            % {"file": dict(document.extra), "series": series.extra}
        )
    # The extra keys take the series' order, as in every file of it that is written from now on.
    written = dump(replace(document, extra=tuple(series.extra.items())))
    bylines = dict.fromkeys(entry.byline for entry in document.entries if entry.byline)
    guesses = tuple(byline for byline in bylines if byline not in sources)
    if known := _known(document, series):
        same = _require_same(known, written)
        return Imported(same, "unchanged", None, guesses)
    digest = _build(document, series, sources, by=by, name=name, draft=draft)
    copy = read_copy(digest)
    refuse_errors(copy.judgement.errors)
    revision = take_revision(digest, copy, by=by, note=name)
    if revision.text != written:
        raise Invalid(
            gettext("Somebody changed one of its items at this moment. Import the file again.")
        )
    if not draft:
        digest.status, digest.approved_revision = Digest.Status.APPROVED, revision
        save_step(digest)
    record(digest, HistoryEntry.Action.IMPORT, by=by, before="", revision=revision, note=name)
    if not draft and revision.date <= timezone.now():
        go_live(digest, by=by)
    return Imported(digest, "imported", first_difference(text, written), guesses)


def _require_zone(date: datetime, zone: ZoneInfo) -> None:
    local = date.astimezone(zone)
    if local.utcoffset() != date.utcoffset():
        raise Invalid(
            gettext("The date has the offset %(file)s, but %(zone)s is at %(series)s at that time.")
            % {"file": f"{date:%:z}", "zone": zone.key, "series": f"{local:%:z}"}
        )


def _known(document: DigestDocument, series: Series) -> list[Digest]:
    """The digests with this title and date: those that were imported or published with them,
    however their working copies have changed since, then those whose working copies have them."""
    held = Revision.objects.filter(
        digest__series=series,
        dated=document.date,
        document__title=document.title,
        history__action__in=[HistoryEntry.Action.IMPORT, HistoryEntry.Action.PUBLISH],
    )
    seen = series.digests.filter(pk__in=held.values("digest"))
    working = series.digests.filter(date=document.date, title=document.title)
    return list(dict.fromkeys([*seen, *working]))


def _require_same(known: list[Digest], written: str) -> Digest:
    """The digest that holds this text; raises `Invalid` with a diff if none does."""
    texts = [_text(digest) for digest in known]
    if written in texts:
        return known[texts.index(written)]
    diff = difflib.unified_diff(
        texts[0].splitlines(),
        written.splitlines(),
        gettext("here"),
        gettext("file"),
        n=1,
        lineterm="",
    )
    raise Invalid(
        gettext("The digest is here already, with another text:") + "\n" + "\n".join(diff)
    )


def _text(digest: Digest) -> str:
    revision = digest.live_revision or digest.revisions.last()
    return revision.text if revision else ""


def _build(
    document: DigestDocument,
    series: Series,
    sources: dict[str, Source],
    *,
    by: Actor,
    name: str,
    draft: bool,
) -> Digest:
    digest = Digest(
        series=series,
        title=document.title,
        date=document.date,
        intro=document.intro,
        outro=document.outro,
        owner=by,
        changed_by=by,
        path=_own_path(name),
    )
    _save(digest, exclude=["series", "owner", "changed_by"])
    file_under(digest, [_category(name) for name in document.categories])
    status = Item.Status.DRAFT if draft else Item.Status.APPROVED
    placed: set[int] = set()
    for number, part in enumerate(document.sections, start=1):
        section = None
        if part.heading:
            section = Section(
                digest=digest,
                position=digest.sections.count() + 1,
                heading=part.heading,
                intro=part.intro,
            )
            _save(section, section=number)
        for entry in part.entries:
            item = _item(entry, series.language, sources.get(entry.byline), status, placed, by=by)
            placed.add(item.pk)
            Placement.objects.create(
                digest=digest, item=item, section=section, position=len(placed)
            )
    return digest


def _item(
    entry: Entry,
    language: str,
    source: Source | None,
    status: ItemStatus,
    placed: set[int],
    *,
    by: Actor,
) -> Item:
    """The item that already has this story, word for word, or a new one.

    The same link with another text is a new item that repeats the first.
    """
    key = link_key(entry.url)
    same_link = Item.objects.filter(url_key=key).exclude(url_key=None).order_by("pk")
    for item in same_link:
        same_text = item.entry() == entry and item.language == language
        if same_text and item.status == status and item.pk not in placed:
            return item
    item = Item(
        language=language,
        source=source,
        status=status,
        repeat_of=next((item.repeat_of or item for item in same_link), None),
        changed_by=by,
    )
    item.write(entry, key)
    _save(item, item=len(placed) + 1, exclude=["source", "repeat_of", "changed_by"])
    record(item, HistoryEntry.Action.IMPORT, by=by, before="")
    return item


def _category(name: str) -> Category:
    known = Category.objects.filter(name=name).first()
    return known or _save(Category(name=name))


def _save[Row: Digest | Section | Item | Category](
    row: Row,
    *,
    item: int | None = None,
    section: int | None = None,
    exclude: Sequence[str] = (),
) -> Row:
    """Save a row of the file; raises `Invalid`, with its place, if the database has no room for
    what the format allows. Uniqueness is left to the database and handled in `import_digest`."""
    try:
        row.full_clean(exclude=exclude, validate_unique=False)
    except ValidationError as error:
        refuse_errors(
            [
                Finding(
                    "error",
                    "unfit",
                    "%(reason)s",
                    {"reason": f"{_name(row)}{message}"},
                    field=field,
                    item=item,
                    section=section,
                )
                for field, message in validation_messages(row, error)
            ]
        )
    row.save()
    return row


def _name(row: Digest | Section | Item | Category) -> str:
    """The name of a row that has no number in the file."""
    return f"{row._meta.verbose_name} “{row}”: " if isinstance(row, Category) else ""


def _own_path(name: str) -> str | None:
    """The file's own name, if it is a valid path and free."""
    try:
        check_path(name)
    except ValueError:
        return None
    return None if Digest.objects.filter(path=name).exists() else name
