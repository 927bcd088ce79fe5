"""Every string of ours that is shown in the reader's language, wherever it stands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from tests.embedded import ROOT

# (context, singular, plural); the empty string where there is none.
type Message = tuple[str, str, str]

# Names under which gettext and its kin are called here, with the order of what they are given.
PLAIN = {"_", "N_", "gettext", "gettext_lazy", "gettext_noop"}
SHAPES = {
    **dict.fromkeys(PLAIN, ("singular",)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], ("singular", "plural")),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], ("context", "singular")),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], ("context", "singular", "plural")),
}
# What Django itself shows on our screens and leaves in English, or says to “你”.
_VALIDATION = "django/contrib/auth/password_validation.py"
GAPS: dict[Message, str] = {
    ("", "- Select an option -", ""): "django/db/models/fields",
    ("", ":", ""): "django/forms/forms.py",
    (
        "",
        "Your old password was entered incorrectly. Please enter it again.",
        "",
    ): "django/contrib/auth/forms.py",
    (
        "",
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
    ): _VALIDATION,
    (
        "",
        "Your password can’t be too similar to your other personal information.",
        "",
    ): _VALIDATION,
    ("", "Your password can’t be a commonly used password.", ""): _VALIDATION,
    ("", "Your password can’t be entirely numeric.", ""): _VALIDATION,
}
# What these modules raise becomes the message of a finding, which is translated when it is shown.
SPEAKING_ERRORS = {"digests/text/urls.py"}

_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b({'|'.join(SHAPES)})\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")


def messages() -> dict[Message, str]:
    """All messages, each with a place where it stands."""
    found = dict(GAPS)
    for folder in ("digests", "newsroom", "templates"):
        for path in sorted((ROOT / folder).rglob("*")):
            place = str(path.relative_to(ROOT))
            if "/migrations/" in place or not path.is_file():
                continue
            for message in in_file(path, place):
                found.setdefault(message, place)
    return found


def in_file(path: Path, place: str) -> Iterator[Message]:
    match path.suffix:
        case ".py":
            yield from in_python(path.read_text(), place)
        case ".html" | ".txt" | ".xml":
            yield from in_template(path.read_text())


def in_python(source: str, place: str = "") -> Iterator[Message]:
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        constants = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        given = [constant for constant in constants if isinstance(constant, str)]
        if name in SHAPES and given:
            yield _message(name, given)
        elif name == "ValueError" and place in SPEAKING_ERRORS and given:
            yield _message("gettext", given)


def in_template(source: str) -> Iterator[Message]:
    for name, given in _CALL.findall(templatize(source)):
        yield _message(name, [ast.literal_eval(text) for text in re.findall(_STRING, given)])


def _message(name: str, given: list[str]) -> Message:
    parts = dict(zip(SHAPES[name], given, strict=False))
    return parts.get("context", ""), parts["singular"], parts.get("plural", "")
