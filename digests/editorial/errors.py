"""The refusals that verbs raise; `str()` of each is the sentence to show."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.text import capfirst
from django.utils.translation import gettext

from digests.models import Claim, Item, Refusal
from digests.text.characters import in_quotes, join_sentences
from digests.text.finding import Finding

MAX_NAMED = 3  # errors in the sentence of a refusal; a check of the text lists all


def not_allowed() -> str:
    """What somebody reads whose roles do not allow something."""
    return gettext("You don’t have permission to do this.")


class Forbidden(Refusal, PermissionDenied):
    """The actor's roles do not allow it; a view that lets it pass answers 403."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__(sentence or not_allowed())


class Gone(Refusal):
    """Somebody deleted the row after the actor loaded it."""

    def __init__(self) -> None:
        super().__init__(gettext("This is no longer here. Reload the page."))


class Busy(Refusal):
    """The database broke the verb off twice, because of what others did at the same moment."""

    def __init__(self) -> None:
        super().__init__(gettext("The newsroom was busy, and nothing was changed. Try again."))


class Stale(Refusal):
    """Somebody changed the row after the actor loaded it."""


class WrongState(Refusal):
    """The row's state does not allow it."""


class Held(Refusal):
    """Somebody else works on the item: `claim` has the user and the time until which it lasts."""

    def __init__(self, claim: Claim) -> None:
        until = time_format(timezone.localtime(claim.until), "TIME_FORMAT")
        super().__init__(
            gettext("%(who)s is working on “%(item)s” until %(time)s.")
            % {"who": claim.user, "item": claim.item, "time": until}
        )
        self.claim = claim


class Invalid(Refusal):
    """The input is not acceptable; `findings` name the places, if there are any."""

    def __init__(self, sentence: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(sentence)
        self.findings = tuple(findings)


class Embargoed(Invalid):
    """A story may not be published before a time."""

    def __init__(self, item: Item) -> None:
        assert item.not_before is not None  # noqa: S101 (whoever raises it has asked)
        super().__init__(embargoed(str(item), item.not_before))


def embargoed(story: str, until: datetime) -> str:
    """The sentence that a story may not be published before a time, which is the user's."""
    shown = date_format(timezone.localtime(until), "SHORT_DATETIME_FORMAT")
    sentence = gettext("“%(item)s” may not be published before %(time)s.")
    return sentence % {"item": in_quotes(story), "time": shown}


class Duplicate(Invalid):
    """Another item, `item`, has the link already."""

    def __init__(self, sentence: str, item: Item) -> None:
        super().__init__(sentence)
        self.item = item


def validation_messages(row: Model, error: ValidationError) -> Iterator[tuple[str, str]]:
    """Yield each message of a row's validation, after the label of its field, with the field."""
    for field, messages in error.message_dict.items():
        label = "" if field == NON_FIELD_ERRORS else _label(row, field)
        yield from ((field, labelled(label, message)) for message in messages)


def labelled(label: object, sentence: str) -> str:
    """A sentence after a label, with a colon between them; without a label the sentence alone."""
    named = gettext("%(label)s: %(sentence)s") % {"label": label, "sentence": sentence}
    return named if label else sentence


def _label(row: Model, field: str) -> str:
    return capfirst(str(getattr(row._meta.get_field(field), "verbose_name", field)))


def refuse_errors(findings: Sequence[Finding]) -> None:
    """Raise `Invalid` with the errors among the findings, the first few as its sentence."""
    if errors := [finding for finding in findings if finding.is_error]:
        raise Invalid(join_sentences(map(sentence, errors[:MAX_NAMED])), errors)


def sentence(finding: Finding, headings: Sequence[str] = ()) -> str:
    """The finding's message in the user's language, after the place it is about. A section is named
    by its heading, if the `headings` of the document's sections are given."""
    places = []
    if finding.item is not None:
        places.append(gettext("story %(number)s") % {"number": finding.item})
    elif finding.section is not None and "heading" not in finding.params:
        named = headings[finding.section - 1] if headings else ""
        number = gettext("section %(number)s") % {"number": finding.section}
        places.append(f"“{in_quotes(named)}”" if named else number)
    if finding.line is not None:
        places.append(gettext("line %(number)s") % {"number": finding.line})
    message = gettext(finding.message) % finding.params
    return labelled(gettext(", ").join(places), message)
