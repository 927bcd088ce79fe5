"""Escaping plain text as Markdown that every CommonMark engine and site generator shows as is."""

import json
import re

# Backslashes where all engines support them; references where Python-Markdown or kramdown do not.
_ESCAPES = {character: f"\\{character}" for character in "\\[]*_`"} | {
    "<": "&lt;",
    "~": "&#126;",
    "|": "&#124;",
    "{": "&#123;",
}
_SPECIAL = re.compile(r"[\\\[\]*_`<~|{]|&(?=#?[0-9A-Za-z]+;)|\A\^")
_BLOCK_START = re.compile(r"[#>+-]|[0-9]{1,9}(?=[.)])")
# Text that GFM engines turn into links by themselves.
_BARE_LINK = re.compile(r":(?=//)|(?<=\bwww)\.|(?<=[a-z0-9_.+-])@(?=[a-z0-9])", re.IGNORECASE)
_ENTITY_LIKE = re.compile(r"&(?=#?[0-9A-Za-z]+;)")
_YAML_SPECIAL = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")


def label(text: str) -> str:
    """Escape the text of a link."""
    return _SPECIAL.sub(lambda match: _escaped(match[0]), text)


def plain(text: str) -> str:
    """Escape a line that stands alone, so that it starts no block and holds no link."""
    text = _BARE_LINK.sub(lambda match: f"&#{ord(match[0])};", label(text))
    if start := _BLOCK_START.match(text):
        digits = start[0] if start[0].isdigit() else ""
        text = f"{digits}\\{text[len(digits) :]}"
    return text


def heading(text: str) -> str:
    """Escape a section heading; a closing run of # would vanish."""
    text = _BARE_LINK.sub(lambda match: f"&#{ord(match[0])};", label(text))
    return f"{text[:-1]}&#35;" if text.endswith("#") else text


def destination(url: str) -> str:
    """Escape a safe address as the destination of a link."""
    return _ENTITY_LIKE.sub("&amp;", url)


def json_string(text: str) -> str:
    """Write a JSON string that every YAML parser reads as a double-quoted scalar."""
    quoted = json.dumps(text, ensure_ascii=False)
    return _YAML_SPECIAL.sub(lambda match: f"\\u{ord(match[0]):04x}", quoted)


def _escaped(character: str) -> str:
    if character == "&":
        return "&amp;"
    return _ESCAPES.get(character, f"&#{ord(character)};")
