"""Finding URLs in pasted lines, and what was meant to be one."""

import re

from digests.text.urls import canonical_url

# A URL ends at a comma that is followed by the next one.
ADDRESS = re.compile(r"https?://(?:(?![,;，；、]https?://)[^\s<>\"“”「」])+", re.IGNORECASE)
# What looks like a URL and cannot be used as one: another scheme, half of one, or none.
NO_ADDRESS = re.compile(
    r"(?:^|(?<=\s))[a-z][a-z0-9+.-]*://\S*"
    r"|^(?:(?:https?|ftp|javascript|mailto):(?!\s)|data:\w+/|file:/|tel:[+\d])\S*"
    r"|^[a-z]{3,6}:/\S.*|^https?//\S*"
    r"|^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/[!-~]*$",
    re.IGNORECASE,
)
# An address as it is often written down, without https://.
_WWW = re.compile(r"(?:^|(?<=[\s(（「“：:，,]))(?=www\.[a-z0-9-]+\.[a-z0-9-])", re.IGNORECASE)
# A link of Markdown, perhaps with a title, whose address may hold a pair of brackets.
_MARKDOWN = re.compile(
    r"(?<!!)\[(?P<words>[^\[\]]{0,500})\]"
    r"\(<?(?P<address>https?://[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+\"[^\"]*\")?\)",
    re.IGNORECASE,
)
# Punctuation after a URL in a sentence, which does not belong to it.
_AFTER = ".,;:!?)]}，。；：！？）】》、…'\""


def with_plain_addresses(line: str) -> str:
    """The line with each link of Markdown as its words and its URL, and `https://` before an
    address that begins with `www.`."""
    return _MARKDOWN.sub(r"\g<words> \g<address> ", _WWW.sub("https://", line)).strip()


def address_of(found: str) -> str:
    """The URL without the punctuation of its sentence; a bracket that it opens itself stays."""
    while found and found[-1] in _AFTER:
        if found[-1] == ")" and found.count("(") >= found.count(")"):
            break
        found = found[:-1]
    return found


def clean_address(url: str) -> str:
    """The URL without tracking parameters; what is no URL is left for the verb to refuse."""
    try:
        return canonical_url(url)[0] if url else ""
    except ValueError:
        return url
