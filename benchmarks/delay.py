"""How long after an approval its file is there, in embedded mode.

`manage.py up` runs as people start it, with worker and beat inside; two views are added, one that
prepares digests and one that approves the next, both through the verbs. The clock starts when the
request to approve is sent and stops when the file is in the folder with the bytes of the revision.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from hashlib import sha256
from pathlib import Path
from urllib.request import urlopen

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

ROOT = Path(__file__).resolve().parent.parent
APPROVALS = 50
PATIENCE = 30.0


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from tests.embedded import EmbeddedServer

    with tempfile.TemporaryDirectory(prefix="newsroom-benchmark-") as folder:
        data = Path(folder) / "data"
        own = {"DEBUG": "", "EXPORT_ROOT": "", "SITE_URL": "", "LOG_LEVEL": "WARNING"}
        with EmbeddedServer(data, program=__file__, **own) as server:
            run(server.url, data / "export")


def run(url: str, folder: Path) -> None:
    digests = ask(f"{url}/prepare")["digests"]
    answers, files = [], []
    for number, digest in enumerate(digests):
        # Editors are not in step with the worker, which looks for messages ten times a second.
        time.sleep(0.013 * (number % 16))
        start = time.perf_counter()
        approved = ask(f"{url}/approve/{digest}")
        answers.append(time.perf_counter() - start)
        await_file(folder / approved["path"], approved["sha256"])
        files.append(time.perf_counter() - start)
    figures = {
        name: value
        for what, seconds in (("", files), ("answer_", answers))
        for name, value in (
            (f"{what}p50_s", statistics.median(seconds)),
            (f"{what}p95_s", statistics.quantiles(seconds, n=20)[-1]),
        )
    }
    print(f"{len(files)} approvals, seconds     p50    p95")
    print(f"until the answer       {figures['answer_p50_s']:6.3f} {figures['answer_p95_s']:6.3f}")
    print(f"until the file         {figures['p50_s']:6.3f} {figures['p95_s']:6.3f}")
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


def ask(url: str) -> dict[str, object]:
    with urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 (our own server)
        return json.load(answer)


def await_file(file: Path, expected: str) -> None:
    end = time.monotonic() + PATIENCE
    while not file.exists() or sha256(file.read_bytes()).hexdigest() != expected:
        assert time.monotonic() < end, f"{file} is not there after {PATIENCE} seconds"
        time.sleep(0.001)


def prepare(request: HttpRequest) -> JsonResponse:
    from tests.factories import in_review

    return JsonResponse({"digests": [in_review().pk for _ in range(APPROVALS)]})


def approve(request: HttpRequest, number: int) -> JsonResponse:
    from digests.models import Digest
    from tests import factories

    digest = factories.approve(Digest.objects.get(pk=number))
    revision = digest.live_revision
    return JsonResponse({"path": digest.path, "sha256": revision and revision.text_sha256})


def serve() -> None:
    """`manage.py up` with the two views added."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    settings.ROOT_URLCONF = "benchmarks.delay"
    execute_from_command_line(["manage.py", "up"])


if __name__ == "__main__":
    serve() if sys.argv[1:] == ["up"] else main()
else:
    urlpatterns = [
        path("prepare", prepare),
        path("approve/<int:number>", approve),
        path("", include("newsroom.urls")),
    ]
