"""The address alone decides which operation of an API answers, not the order of routes."""

import re
from itertools import combinations, groupby

import pytest
from django.urls.converters import get_converters
from ninja import NinjaAPI

from newsroom.api import api, desk

PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")


def can_match_the_same(one: str, other: str) -> bool:
    """Whether there is an address that both routes match."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return one.count("/") == other.count("/") and all(can_be_equal(*pair) for pair in pairs)


def can_be_equal(one: str, other: str) -> bool:
    """The same of two segments. Any two parameters can: a number is a text, too."""
    parameter, another = PARAMETER.fullmatch(one), PARAMETER.fullmatch(other)
    if parameter and another:
        return True
    if parameter:
        return takes(parameter["kind"], other)
    if another:
        return takes(another["kind"], one)
    return one == other


def takes(kind: str | None, word: str) -> bool:
    return re.fullmatch(get_converters()[kind or "str"].regex, word) is not None


@pytest.mark.parametrize("api", [api, desk], ids=["public", "desk"])
def test_no_address_is_that_of_two_operations(api: NinjaAPI) -> None:
    # Operations of one route stand together and differ in their methods. Of two routes that match,
    # Django takes the first, even if it has no operation for the method.
    # The root that Ninja adds to each API stands last; the public one has an index before it.
    urls = [url for url in api.urls[0] if getattr(url, "name", "") != "api-root"]
    routes = [route for route, _ in groupby(str(url.pattern) for url in urls)]
    assert len(routes) > 5
    assert not [pair for pair in combinations(routes, 2) if can_match_the_same(*pair)]


@pytest.mark.parametrize(
    ("one", "other", "can"),
    [
        ("items/", "items/", True),
        ("items/", "claims/", False),
        ("items/<act>/", "items/undo/", True),
        ("items/<act>/", "items/<number:pk>/", True),
        ("items/<number:pk>/", "items/undo/", False),
        ("items/<number:pk>/", "items/7/", True),
        ("items/<number:pk>/", "items/<number:pk>/draft/", False),
    ],
)
def test_routes_are_known_that_match_the_same(one: str, other: str, can: bool) -> None:
    assert can_match_the_same(one, other) == can_match_the_same(other, one) == can
