"""Row numbers: the highest is looked up, and one beyond it never reaches a database."""

import pytest
from django.test import Client

from digests.models.numbers import MAX_PK
from tests.editorial.test_roles import state
from tests.factories import draft, person, published, story
from tests.screens import below, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

BEYOND = [MAX_PK + 1, 10**19, 10**30]
JSON = "application/json"


@pytest.fixture
def editor() -> Client:
    return signed_in(person())


@pytest.mark.parametrize("number", [MAX_PK, *BEYOND])
def test_an_address_with_a_number_that_no_row_has_is_404(editor: Client, number: int) -> None:
    for address in (f"/i/{number}/", f"/sitemap-digests-{number}.xml"):
        assert editor.get(address).status_code == 404, address
    for path in (f"digest/{number}/compose/", f"item/{number}/write/", f"item/{number}/history/"):
        # What is no address of the desk, the admin takes for one of its own, and leads home.
        assert editor.get(f"/admin/digests/{path}").status_code in (302, 404), path
    for path in (f"items/{number}/hold/", f"presence/item/{number}/"):
        assert editor.post(f"/api/desk/{path}").status_code == 404, path
    path = f"/api/desk/items/{number}/draft/"
    assert editor.delete(path).status_code in (204, 404)
    given = {"version": 1, "headline": "一"}
    assert editor.put(path, given, JSON).status_code == 404


def test_the_public_api_finds_nothing_at_the_highest_number(client: Client) -> None:
    published()
    assert client.get(f"/api/v1/entries/{MAX_PK}/").status_code == 404
    for path in ("entries", "search"):
        answer = client.get(f"/api/v1/{path}/", {"source": MAX_PK})
        assert answer.json()[{"entries": "entries", "search": "hits"}[path]] == []


@pytest.mark.parametrize("number", BEYOND)
def test_the_public_api_refuses_a_number_beyond(client: Client, number: int) -> None:
    assert client.get(f"/api/v1/entries/{number}/").status_code == 422
    for path in ("entries", "search"):
        assert client.get(f"/api/v1/{path}/", {"source": number}).status_code == 422


@pytest.mark.parametrize(("number", "status"), [(MAX_PK, 200), *((n, 404) for n in BEYOND)])
def test_lists_go_on_at_any_number_that_a_digest_can_have(
    client: Client, number: int, status: int
) -> None:
    published()
    assert client.get("/global-ai/", {"before": f"0-{number}"}).status_code == status
    answer = client.get("/api/v1/digests/", {"cursor": f"0-{number}"})
    assert answer.status_code == {200: 200, 404: 422}[status]


@pytest.mark.parametrize("number", [MAX_PK, *BEYOND, -MAX_PK - 2])
def test_forms_of_the_desk_find_no_such_row(editor: Client, number: int) -> None:
    digest = draft(story())
    assert editor.get("/admin/inbox/", {"source": number}).status_code == 200
    compose = below(digest, "compose")
    assert editor.get(compose, {"source": number}).status_code == 200
    loaded = {"version": digest.version}
    item = story()
    place = {"do": "place", "item": item.pk, "section": number}
    before = state()
    for sent in (
        {"do": "up", "item": number},
        {"do": "earlier", "section": number},
        {"do": "place", "item": number},
        place,
        {"do": "approve", "item": number, f"version-{number}": 1},
        {"do": "edit", "item": number, "headline": "一"},
    ):
        answer = editor.post(compose, sent | loaded)
        assert answer.status_code in (200, 302, 400), sent
    for act in ("claim", "release", "shortlist", "reopen", "undo", "reject", "place"):
        sent = {"do": act, "item": number, f"version-{number}": 1, "digest": digest.pk}
        assert editor.post("/admin/inbox/", sent).status_code in (302, 400), act
    for version, digest_number in ((1, number), (number, digest.pk)):
        sent = {"do": "place", "item": item.pk, f"version-{item.pk}": version}
        answer = editor.post("/admin/inbox/", sent | {"digest": digest_number})
        assert answer.status_code in (302, 400), (version, digest_number)
    assert state() == before
