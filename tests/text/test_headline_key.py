"""Two headlines with one key tell the same story."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.text.index.headline_key import MAX_KEY, headline_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("H2项目：取得进展", "H2 项目 取得进展！"),
        ("ＡＩ“炒作”", "ai炒作"),
        ("Straße", "STRASSE"),
        ("发布 🤗", "发布"),
        ("cafe\u0301", "CAFÉ"),
    ],
)
def test_punctuation_space_and_case_make_no_other_story(one: str, other: str) -> None:
    assert headline_key(one) == headline_key(other)


@pytest.mark.parametrize(("one", "other"), [("H2项目", "H3项目"), ("模型", "模型们"), ("ab", "ba")])
def test_other_letters_and_digits_make_another_story(one: str, other: str) -> None:
    assert headline_key(one) != headline_key(other)


@pytest.mark.parametrize("headline", ["", "  ", "？！", "🤗 …"])
def test_without_letters_there_is_nothing_to_compare(headline: str) -> None:
    assert headline_key(headline) == ""


@given(st.text())
def test_a_key_is_short_and_its_own_key(headline: str) -> None:
    key = headline_key(headline)
    assert len(key) <= MAX_KEY
    assert headline_key(key).startswith(key[:1])


def test_long_headlines_that_begin_alike_share_a_key() -> None:
    assert headline_key("长" * MAX_KEY + "甲") == headline_key("长" * MAX_KEY + "乙")
