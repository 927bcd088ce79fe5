"""How many digest pages a second `manage.py up` serves, beside what the server alone can do.

A bare view that returns the page's own bytes stands behind the same middleware in the same
process; the third column is a reader who has the page already and is told so. Rounds alternate,
so that a busy machine is unfair to none.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from functools import cache
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

ROOT = Path(__file__).resolve().parent.parent
PAGE = "/global-ai/2026-11-20-0800/"
BARE = "/bare"
ROUNDS = 5
SECONDS = 2.0
READERS = 4  # as many as the server has threads


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from tests.embedded import EmbeddedServer

    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
        data = Path(folder) / "data"
        own = {"DEBUG": "", "EXPORT_ROOT": "", "SITE_URL": "", "LOG_LEVEL": "WARNING"}
        with EmbeddedServer(data, program=__file__, **own) as server:
            archive = "samples/digests/global-ai"
            options = ["--time-zone", "Asia/Shanghai", "--language", "zh-hans"]
            server.manage("import_digests", archive, "--series", "global-ai", *options)
            run(server.port, data)


def run(port: int, data: Path) -> None:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", PAGE)
    answer = connection.getresponse()
    page, etag = answer.read(), answer.headers["ETag"]
    assert answer.status == 200
    (data / "bare.html").write_bytes(page)
    asked = {
        "page": (PAGE, {}, 200, page),
        "bare": (BARE, {}, 200, page),
        "304": (PAGE, {"If-None-Match": etag}, 304, b""),
    }
    rates: dict[str, list[float]] = {name: [] for name in asked}
    for number in range(ROUNDS + 1):
        for name, (address, headers, status, body) in asked.items():
            rate = requests_per_second(port, address, headers, status, body)
            if number:  # The first round is for warming up.
                rates[name].append(rate)
    figures = {name: statistics.median(found) for name, found in rates.items()}
    print(f"A digest page of {len(page):,} bytes, {READERS} readers, requests per second")
    for name, what in (("bare", "bare view"), ("page", "digest page"), ("304", "unchanged page")):
        print(f"{what:16}{figures[name]:8.0f}")
    ratio = figures["page"] / figures["bare"]
    print(f"{'page / bare':16}{ratio:8.2f}")
    print(
        json.dumps(
            {
                "page_vs_bare": round(ratio, 3),
                "page_per_s": round(figures["page"]),
                "bare_per_s": round(figures["bare"]),
                "unchanged_per_s": round(figures["304"]),
            }
        )
    )


def requests_per_second(
    port: int, address: str, headers: dict[str, str], status: int, body: bytes
) -> float:
    counts = [0] * READERS
    wrong: list[object] = []
    end = time.perf_counter() + SECONDS

    def read(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while time.perf_counter() < end:
            connection.request("GET", address, headers=headers)
            answer = connection.getresponse()
            if (answer.read(), answer.status) != (body, status):
                wrong.append(answer.status)
                return
            counts[number] += 1

    threads = [threading.Thread(target=read, args=[number]) for number in range(READERS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, f"{address} answered {wrong}"
    return sum(counts) / (time.perf_counter() - began)


@cache
def page_bytes() -> bytes:
    data: Path = settings.DATA_DIR
    return (data / "bare.html").read_bytes()


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse(page_bytes())


def serve() -> None:
    """`manage.py up` with the bare view added."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    settings.ROOT_URLCONF = "benchmarks.page"
    execute_from_command_line(["manage.py", "up"])


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["up"] else main()
else:
    urlpatterns = [path(BARE[1:], bare), path("", include("newsroom.urls"))]
