"""The text of a field as editors typed it, where the normal form has another spelling for it."""

import re

from digests.text.format.normal import normal_block

# References that the normal form puts in the place of what a site generator would run or drop.
_TYPED = {"&#123;": "{", "&lt;": "<", "&#58;": ":"}
_WRITTEN = re.compile("|".join(_TYPED))


def editable(text: str) -> str:
    """The shortest way to type a normal text: `{{` and not `&#123;&#123;`. Saved again, it becomes
    the very same text."""
    if not _WRITTEN.search(text):
        return text
    typed = _WRITTEN.sub(lambda match: _TYPED[match[0]], text)
    # In code a reference is what it is.
    return typed if normal_block(typed) == normal_block(text) else text
