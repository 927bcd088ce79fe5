"""The verb that imports a file of an archive as a digest."""

import difflib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Literal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext

from digests.editorial.errors import Invalid, refuse_errors, sentence, validation_messages
from digests.editorial.filing import file_under
from digests.editorial.guards import Actor, record, require, save_step
from digests.editorial.items import link_key
from digests.editorial.publishing import go_live
from digests.editorial.revisions import freeze, read_copy
from digests.editorial.transactions import in_transaction, wait_for_imports
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
    clock,
)
from digests.models.transitions import ItemStatus
from digests.models.working_copy import Parts, WorkingCopy
from digests.text.finding import Finding
from digests.text.format import (
    DigestDocument,
    Entry,
    FormatError,
    dump,
    first_difference,
    parse_file,
)
from digests.text.format.front_matter import tells_draft
from digests.text.format.paths import check_path


@dataclass(frozen=True)
class Imported:
    """The result of importing a file.

    `rewritten` is the first line (from 1) in which the file differs from the form this
    newsroom writes, if any. `guessed` are the bylines that no known source has, split at the
    last hyphen of a label.
    """

    digest: Digest
    outcome: Literal["imported", "unchanged"]
    rewritten: int | None
    guessed: tuple[str, ...]


def import_digest(
    text: str,
    series: Series,
    *,
    by: Actor,
    name: str = "",
    draft: bool = False,
    guesses: bool = True,
) -> Imported:
    """Make a digest from the text of a file called `name`, published unless `draft` or the file
    says that it is one. Bylines of no known source are split off if it `guesses`.

    A digest is recognized by series, date and title, those of its working copy or those with which
    it was imported or published: the same text again changes nothing, another text is refused with
    a diff. Raises `Invalid` with the place and the reason.
    """
    require(by, "import_digest")
    try:
        return _import(text, series, by, name, draft, guesses, is_second_try=False)
    except IntegrityError:
        # Somebody else made this digest, or its path, category or item, in the meantime and has
        # committed: this time it is found.
        return _import(text, series, by, name, draft, guesses, is_second_try=True)


@in_transaction
def _import(
    text: str,
    series: Series,
    by: Actor,
    name: str,
    draft: bool,
    guesses: bool,
    *,
    is_second_try: bool,
) -> Imported:
    wait_for_imports()
    sources = {source.byline: source for source in Source.objects.exclude(byline="")}
    try:
        file = parse_file(text, tuple(sources), guesses=guesses)
    except FormatError as error:
        finding = Finding(
            "error", "format", error.message, error.params, item=error.item, line=error.line
        )
        raise Invalid(sentence(finding), [finding]) from None
    document, draft = file.document, draft or file.is_draft
    _require_zone(document.date, series.zone)
    shared = {key: value for key, value in series.extra.items() if not tells_draft(key)}
    if dict(document.extra) != shared:
        raise Invalid(
            gettext("The extra keys %(file)s are not those of the series, %(series)s.")
            % {"file": dict(document.extra), "series": shared}
        )
    # The extra keys take the series' order, as in every file of it that is written from now on.
    written = dump(replace(document, extra=tuple(series.extra.items())))
    bylines = dict.fromkeys(entry.byline for entry in document.entries if entry.byline)
    guessed = tuple(byline for byline in bylines if byline not in sources)
    if known := _known(document, series):
        same = _require_same(known, written)
        return Imported(same, "unchanged", None, guessed)
    categories = Category.objects.by_folded_name()
    if (spelled := _spelled_as_here(document.categories, categories)) != document.categories:
        document = replace(document, categories=spelled)
        written = dump(replace(document, extra=tuple(series.extra.items())))
    new = _NewRows(by, categories, validates_constraints=is_second_try)
    copy = new.build(document, series, sources, name=name, draft=draft)
    digest = copy.digest
    refuse_errors(copy.judgement.errors)
    revision = freeze(digest, copy, number=1, by=by, note=name)
    if revision.text != written:
        raise Invalid(gettext("Someone just changed one of its stories. Import the file again."))
    if not draft:
        digest.status, digest.approved_revision = Digest.Status.APPROVED, revision
    record(digest, HistoryEntry.Action.IMPORT, by=by, before="", revision=revision, note=name)
    if not draft and revision.date <= clock.now():
        go_live(digest, by=by)
    elif not draft:
        save_step(digest)
    return Imported(digest, "imported", first_difference(text, written), guessed)


def _require_zone(moment: datetime, zone: ZoneInfo) -> None:
    try:
        local = moment.astimezone(zone)
    except OverflowError:
        raise Invalid(
            gettext("The date is before year 1 or after 9999 in some time zone.")
        ) from None
    if local.utcoffset() != moment.utcoffset():
        raise Invalid(
            gettext("The date has the offset %(file)s, but %(zone)s is at %(series)s at that time.")
            % {"file": f"{moment:%:z}", "zone": zone.key, "series": f"{local:%:z}"}
        )


def _known(document: DigestDocument, series: Series) -> list[Digest]:
    """The digests with this title and date: those that were imported or published with them,
    however their working copies have changed since, then those whose working copies have them."""
    # Days have an index; by date and title each revision and its document would be read. A revision
    # keeps its day when the series moves to another zone, where the date may be two days off.
    day, off = document.date.date(), timedelta(days=2)
    dated = Revision.objects.filter(
        day__range=(max(day, date.min + off) - off, min(day, date.max - off) + off),
        dated=document.date,
    )
    # Each is read first, because a database may run what stands within another query once for each
    # row; of a new file, as nearly all are, the first finds none and the second is not asked.
    held = Revision.objects.filter(
        pk__in=list(dated.values_list("pk", flat=True)),
        digest__series=series,
        document__title=document.title,
        history__action__in=[HistoryEntry.Action.IMPORT, HistoryEntry.Action.PUBLISH],
    )
    seen = set(held.values_list("digest", flat=True))
    working = Q(date=document.date, title=document.title)
    known = series.digests.filter(working | Q(pk__in=seen))
    return sorted(known, key=lambda digest: digest.pk not in seen)


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


class _NewRows:
    """The rows of a file, made for an actor in as few statements as possible.

    Each constraint that is validated costs a query, and holds for nearly every file: they are left
    to the database at first, and on the second try say which of them was violated and where.
    """

    def __init__(
        self, by: Actor, categories: dict[str, Category], *, validates_constraints: bool
    ) -> None:
        self.by = by
        self.known_categories = categories
        self.validates_constraints = validates_constraints

    def build(
        self,
        document: DigestDocument,
        series: Series,
        sources: dict[str, Source],
        *,
        name: str,
        draft: bool,
    ) -> WorkingCopy:
        digest = Digest(
            series=series,
            title=document.title,
            date=document.date,
            intro=document.intro,
            outro=document.outro,
            owner=self.by,
            changed_by=self.by,
            path=_own_path(name),
        )
        self.check(digest, exclude=["series", "owner", "changed_by"])
        digest.save()
        categories = self.categories(document.categories)
        file_under(digest, categories)
        status = Item.Status.DRAFT if draft else Item.Status.APPROVED
        items = self.items(document.entries, series.language, sources, status)
        is_all_new = all(item.pk is None for item in items)
        self.save([item for item in items if item.pk is None])
        sections: list[Section] = []
        placements: list[Placement] = []
        positions = count(1)
        for number, part in enumerate(document.sections, start=1):
            section = None
            if part.heading:
                section = Section(
                    digest=digest,
                    position=next(positions),
                    heading=part.heading,
                    intro=part.intro,
                )
                self.check(section, section=number)
                section.save()
                sections.append(section)
            for _entry in part.entries:
                position = len(placements) + 1
                placements.append(
                    Placement(
                        digest=digest, item=items[position - 1], section=section, position=position
                    )
                )
        Placement.objects.bulk_create(placements)
        if not is_all_new:
            # What was here already is locked, and read as it is then.
            return read_copy(digest)
        names = tuple(category.name for category in categories)
        return WorkingCopy(digest, parts=Parts(placements, sections, names))

    def items(
        self,
        entries: Sequence[Entry],
        language: str,
        sources: dict[str, Source],
        status: ItemStatus,
    ) -> list[Item]:
        """The items of the entries: those that already have a story, word for word, or new ones,
        which are to be saved.

        The same link with another text is a new item that repeats the first.
        """
        keys = [link_key(entry.url) for entry in entries]
        same_link: dict[str | None, list[Item]] = defaultdict(list)
        for row in Item.objects.filter(url_key__in={*keys} - {None}).order_by("pk"):
            same_link[row.url_key].append(row)
        chosen: list[Item] = []
        for number, (entry, key) in enumerate(zip(entries, keys, strict=True), start=1):
            known = same_link[key] if key else []
            wanted = (entry, language, status)
            same = (row for row in known if (row.entry(), row.language, row.status) == wanted)
            item = next((row for row in same if row not in chosen), None)
            if item is None:
                item = Item(
                    language=language,
                    source=sources.get(entry.byline),
                    status=status,
                    repeat_of=next((first.repeat_of or first for first in known), None),
                    changed_by=self.by,
                )
                item.write(entry, key)
                self.check(item, item=number, exclude=["source", "repeat_of", "changed_by"])
                known.append(item)
            chosen.append(item)
        return chosen

    def save(self, items: list[Item]) -> None:
        """Save new items; those that repeat another of them after it."""
        repeats = [item for item in items if item.repeat_of in items]
        Item.objects.bulk_create([item for item in items if item not in repeats])
        Item.objects.bulk_create(repeats)
        HistoryEntry.objects.bulk_create(
            HistoryEntry(
                item=item, actor=self.by, action=HistoryEntry.Action.IMPORT, after=item.status
            )
            for item in items
        )

    def categories(self, names: Sequence[str]) -> list[Category]:
        """The categories with these names, those that are missing made."""
        known = self.known_categories
        for name in names:
            if name.casefold() not in known:
                known[name.casefold()] = category = Category(name=name)
                self.check(category)
                category.save()
        return [known[name.casefold()] for name in names]

    def check(
        self,
        row: Digest | Section | Item | Category,
        *,
        item: int | None = None,
        section: int | None = None,
        exclude: Sequence[str] = (),
    ) -> None:
        """Raise `Invalid`, with the place in the file, if the database has no room for what the
        format allows. Uniqueness is left to the database and handled in `import_digest`."""
        try:
            row.full_clean(
                exclude=exclude,
                validate_unique=False,
                validate_constraints=self.validates_constraints,
            )
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


def _name(row: Digest | Section | Item | Category) -> str:
    """The name of a row that has no number in the file."""
    return f"{row._meta.verbose_name} “{row}”: " if isinstance(row, Category) else ""


def _spelled_as_here(names: Sequence[str], known: dict[str, Category]) -> tuple[str, ...]:
    """The categories' names in the letters that those here have, capital or small, each once."""
    spelled = {folded: row.name for folded, row in known.items()}
    return tuple(dict.fromkeys(spelled.setdefault(name.casefold(), name) for name in names))


def _own_path(name: str) -> str | None:
    """The file's own name, if it is a valid path and free."""
    try:
        check_path(name)
    except ValueError:
        return None
    return None if Digest.objects.filter(path=name).exists() else name
