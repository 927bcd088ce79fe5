"""Reasons that are stored as English templates with their parameters, and read in any language."""

from collections.abc import Mapping

from django.utils.translation import gettext


def in_words(template: str, params: Mapping[str, str | int]) -> str:
    """The sentence of a template, in the language of whoever reads it. What the system said, or an
    earlier version stored, has no parameters; within another sentence it is `why`."""
    sentence = gettext(template) if template else ""
    if why := params.get("why"):
        params = {**params, "why": _within(str(why))}
    return sentence % params if params else sentence


def _within(why: str) -> str:
    """A reason as it stands in another sentence: without its full stop, if it is one itself."""
    whole = gettext(f"{why}.")
    return gettext(why) if whole == f"{why}." else whole.rstrip(".。")
