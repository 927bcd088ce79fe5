"""Why a verb refused; `str()` of each is the sentence to show."""

from collections.abc import Sequence

from digests.models import Refusal
from digests.text.lint import Finding


class Forbidden(Refusal):
    """The actor's roles do not allow it."""


class Stale(Refusal):
    """Somebody changed the row after the actor loaded it."""


class WrongState(Refusal):
    """The row's state does not allow it."""


class Invalid(Refusal):
    """What was given cannot stand; `findings` name the places, if there are any."""

    def __init__(self, sentence: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(sentence)
        self.findings = tuple(findings)
