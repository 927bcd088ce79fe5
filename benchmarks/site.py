"""How quickly readers get their pages from `manage.py up`, and whether a large archive slows it.

`pages`: those of the samples, beside a bare view that returns the digest page's own bytes in the
same process, behind the same middleware and addresses, beside a reader who has the page already,
and beside nginx; and what a browser fetches for a first page. `sizes`: the same addresses in
archives of three sizes. `search`: ten kinds of query among 20,000 long digests. The last two on
SQLite and on PostgreSQL. Whoever names some of the parts measures only these.

What is compared is asked in turn, so that a busy machine is unfair to none.
"""

import gzip
import json
import os
import statistics
import sys
import tempfile
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csp import csp_override

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from benchmarks.support import nginx, searches, sizes  # noqa: E402
from benchmarks.support.client import Answer, Reader, Speed, median, together  # noqa: E402
from benchmarks.support.servers import NEW_EDITION, SWEEPS, server_in  # noqa: E402

PAGE, BARE = "/global-ai/2026-11-20-0800/", "/bare"
ROUNDS, SECONDS = 9, 0.6
READERS = 4  # as many as the server has threads
# What the view itself says of its answer, and not a middleware or the server.
OWN_HEADERS = {
    *("Cache-Control", "Content-Encoding", "Content-Language", "Content-Type", "ETag", "Vary"),
}


type Asked = tuple[int, str, dict[str, str]]  # port, address, headers


def main() -> None:
    parts = {"pages": pages, "sizes": sizes.measure, "search": searches.measure}
    figures: dict[str, float] = {}
    for part in sys.argv[1:] or parts:
        with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as name:
            figures |= parts[part](Path(name))
    print(json.dumps(figures))


def pages(folder: Path) -> dict[str, float]:
    with server_in(folder / "data") as server:
        options = ["--time-zone", "Asia/Shanghai", "--language", "zh-hans"]
        archive = "samples/digests/global-ai"
        server.manage("import_digests", archive, "--series", "global-ai", *options)
        page = Reader(server.port).ask(PAGE)
        (folder / "data/bare").write_bytes(page.body)
        (folder / "data/bare.json").write_text(json.dumps(page.headers))
        refuse_unlike(page, Reader(server.port).ask(BARE))
        with nginx.serving(folder / "nginx", page.body) as files:
            of_nginx: dict[str, Asked] = {"nginx": (files, f"/{nginx.FILE}", {})} if files else {}
            asked = of_nginx | {
                "bare view": (server.port, BARE, {}),
                "digest page": (server.port, PAGE, {}),
                "digest, unchanged": (server.port, PAGE, {"If-None-Match": page.headers["ETag"]}),
                "home": (server.port, "/", {}),
                "feed": (server.port, "/feed.atom", {}),
                "archive": (server.port, "/archive/", {}),
                "search": (server.port, f"/search/?q={quote('模型')}", {}),
            }
            rounds = in_turn(asked)
        size, requests = first_page(server.port)
    print(f"A digest page of {len(gzip.decompress(page.body)):,} bytes, {len(page.body):,} of them")
    print(f"compressed, to {READERS} readers            per s   p50 ms   p99 ms")
    for name, speed in ((name, median(speeds)) for name, speeds in rounds.items()):
        print(f"{name:32}{speed.per_s:9.0f}{speed.p50:9.2f}{speed.p99:9.2f}")
    print(f"A first page takes {size / 1000:.1f} kB in {requests} requests.\n")
    return {
        "digest_vs_bare": beside_bare(rounds, "digest page"),
        "not_modified_vs_bare": beside_bare(rounds, "digest, unchanged"),
        "first_page_kb": round(size / 1000, 1),
        "first_page_requests": requests,
    }


def refuse_unlike(page: Answer, bare: Answer) -> None:
    assert page.status == bare.status == 200
    assert page.body == bare.body
    unlike = dict(page.headers.items() ^ bare.headers.items())
    assert unlike.keys() <= {"Date"}, unlike


def beside_bare(rounds: dict[str, list[Speed]], name: str) -> float:
    """The median of each round's own ratio: within a minute the machine's other work changes."""
    pairs = zip(rounds[name], rounds["bare view"], strict=True)
    return round(statistics.median(own.per_s / bare.per_s for own, bare in pairs), 3)


def in_turn(asked: dict[str, Asked]) -> dict[str, list[Speed]]:
    rounds: dict[str, list[Speed]] = {name: [] for name in asked}
    for number in range(ROUNDS + 1):
        for name, (port, address, headers) in asked.items():
            speed = together(READERS, SECONDS, port, address, headers)
            if number:  # The first round is for warming up.
                rounds[name].append(speed)
    return rounds


class Needs(HTMLParser):
    """What a browser fetches to show a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_style = tag == "link" and given.get("rel") in ("stylesheet", "modulepreload", "preload")
        found = given.get("href") if is_style else given.get("src")
        if found:
            self.addresses.add(found)


def first_page(port: int) -> tuple[int, int]:
    """Bytes and requests of the front page and all it needs, in an empty browser."""
    home = Reader(port).ask("/")
    needs = Needs()
    needs.feed(gzip.decompress(home.body).decode())
    answers = [home, *(Reader(port).ask(address) for address in sorted(needs.addresses))]
    assert all(answer.status == 200 for answer in answers), needs.addresses
    return sum(answer.size for answer in answers), len(answers)


@cache
def kept() -> tuple[bytes, dict[str, str]]:
    data: Path = settings.DATA_DIR
    headers = json.loads((data / "bare.json").read_text())
    own = {name: value for name, value in headers.items() if name in OWN_HEADERS}
    return (data / "bare").read_bytes(), own


def new_edition(request: HttpRequest) -> HttpResponse:
    from digests.models import Site

    Site.objects.publish_edition()
    return HttpResponse()


def serve() -> None:
    """`manage.py up` with the bare view and that of new editions added."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    settings.ROOT_URLCONF = "benchmarks.site"
    if os.environ[SWEEPS] == "no":
        settings.CELERY_BEAT_SCHEDULE = {}
    execute_from_command_line(["manage.py", "up"])


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["up"] else main()
else:

    @csp_override(settings.READERS_CSP)
    def bare(request: HttpRequest) -> HttpResponse:
        body, headers = kept()
        return HttpResponse(body, headers=headers)

    urlpatterns = [
        # As readers' pages do, the bare view stands behind all other addresses.
        path("", include("newsroom.urls")),
        path(BARE[1:], bare),
        path(NEW_EDITION[1:], new_edition),
    ]
