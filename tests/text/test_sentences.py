"""Sentences side by side: one rule for the server's and the scripts', with the same cases."""

import json
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils.translation import override

from digests.text.characters import join_sentences

CASES = json.loads(Path("tests/scripts/sentences.json").read_text("utf-8")).items()


@pytest.mark.parametrize(("together", "apart"), CASES)
def test_sentences_have_a_space_between_them_but_for_those_of_chinese(
    together: str, apart: list[str]
) -> None:
    assert join_sentences(apart) == together


def test_no_sentences_are_an_empty_text() -> None:
    assert join_sentences([]) == ""


def test_the_space_in_a_template_depends_on_the_text_and_not_on_the_page() -> None:
    template = Template("{% load desk %}{{ reason|spaced }}<a>")
    with override("zh-hans"):
        assert template.render(Context({"reason": "R&D said no."})) == "R&amp;D said no. <a>"
        assert template.render(Context({"reason": "不行。"})) == "不行。<a>"
