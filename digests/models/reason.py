"""Reasons that are stored as English templates with their parameters, and read in any language."""

from collections.abc import Mapping

from django.utils.translation import gettext


def in_words(template: str, params: Mapping[str, str | int]) -> str:
    """The sentence of a template, in the language of whoever reads it. What the system said, or an
    earlier version stored, has no parameters; within another sentence it is `why`."""
    sentence = gettext(template) if template else ""
    if why := params.get("why"):
        params = {**params, "why": gettext(str(why))}
    return sentence % params if params else sentence
