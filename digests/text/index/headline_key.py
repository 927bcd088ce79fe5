"""Keys that are equal for headlines that count as the same."""

from unicodedata import normalize

MAX_KEY = 200
"""The longest key in characters."""


def headline_key(headline: str) -> str:
    """The letters and digits of a headline, in one case and form, at most `MAX_KEY` of them.

    Two headlines with one key tell the same story; "" when there is nothing to compare.
    """
    folded = normalize("NFKC", headline).casefold()
    return "".join(filter(str.isalnum, folded))[:MAX_KEY]
