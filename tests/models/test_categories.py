"""Categories: one name, whatever its case."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from digests.accounts.roles import ADMINISTRATOR
from digests.editorial import lifecycle
from digests.models import Category, Digest
from digests.text.characters import normal_line
from tests.factories import approve, live_revision, move, person, published
from tests.screens import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

SENTENCE = "This category already exists, perhaps with other capital letters."


def test_a_second_category_that_differs_in_case_alone_is_refused_in_a_sentence() -> None:
    Category.objects.create(name="Cat B")
    with pytest.raises(ValidationError) as error:
        Category(name="cat b").full_clean()
    assert error.value.messages == [SENTENCE]
    page = signed_in(person(ADMINISTRATOR)).post("/admin/digests/category/add/", {"name": "CAT B"})
    assert SENTENCE in page.text
    assert Category.objects.count() == 1


def test_letters_beyond_ascii_have_two_cases_too() -> None:
    Category.objects.create(name="Économie")
    for name in ("économie", "ÉCONOMIE", "E\u0301conomie".upper()):
        with pytest.raises(ValidationError) as error:
            Category(name=normal_line(name)).full_clean()
        assert error.value.messages == [SENTENCE]
    with pytest.raises(IntegrityError), transaction.atomic():
        Category.objects.bulk_create([Category(name="économie")])
    Category.objects.get().full_clean()  # it is no twin of itself


def test_a_name_that_is_not_validated_is_compared_with_no_other() -> None:
    Category.objects.create(name="Cat B")
    Category(name="cat b").validate_unique(exclude={"name"})


def test_other_unique_values_of_a_category_are_checked_as_ever() -> None:
    known = Category.objects.create(name="Cat B")
    with pytest.raises(ValidationError) as error:
        Category(pk=known.pk, name="Cat C").full_clean()
    assert set(error.value.message_dict) == {"id"}


def test_a_restored_revision_finds_its_category_in_other_letters() -> None:
    digest = published(categories=("Cat B",))
    Category.objects.update(name="cat b")
    digest = move(digest, lifecycle.correct)
    digest = move(digest, lifecycle.restore, revision=live_revision(digest))
    assert list(digest.filed_under.values_list("category__name", flat=True)) == ["cat b"]
    approve(move(digest, lifecycle.submit))
    assert live_revision(Digest.objects.get()).document["categories"] == ["cat b"]
