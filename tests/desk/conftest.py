"""Who uses the desk in most of its tests: an editor who is signed in.

It is read before Django's settings are, so it imports what needs them when it is asked for.
"""

from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from digests.models import User


@pytest.fixture
def editor(db: None) -> "User":
    from tests.factories import person

    return person(username="ed")


@pytest.fixture
def client(editor: "User") -> Client:
    from tests.screens import signed_in

    return signed_in(editor)
