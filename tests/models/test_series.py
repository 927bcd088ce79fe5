"""The form of a series takes the extra keys that the file can hold, and no others."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from digests.models import Series
from tests.factories import published, series

pytestmark = pytest.mark.django_db


def with_extra(extra: Any) -> Series:
    return Series(slug="weekly", name="Weekly", time_zone="UTC", language="en", extra=extra)


@pytest.mark.parametrize("key", ["my-key", "render_with_liquid", "K9", "Title"])
def test_a_key_that_the_form_takes_is_published(key: str) -> None:
    row = series(extra={key: "value"})
    row.full_clean()
    revision = published(series=row).live_revision
    assert revision
    assert f'\n{key}: "value"\n' in revision.text


@pytest.mark.parametrize(
    "key", ["_x", "9k", "yes", "null", "Off", "clé", "a b", "", "title", "date", "k" * 1_001]
)
def test_a_key_that_no_file_can_hold_is_refused_by_the_form(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        with_extra({key: "value"}).full_clean()
    assert list(refused.value.message_dict) == ["extra"]


@pytest.mark.parametrize("extra", [["a"], {"a": 1}, {"a": None}, {"a": "v" * 1_001}])
def test_a_value_that_no_file_can_hold_is_refused_by_the_form(extra: object) -> None:
    with pytest.raises(ValidationError) as refused:
        with_extra(extra).full_clean()
    assert list(refused.value.message_dict) == ["extra"]
