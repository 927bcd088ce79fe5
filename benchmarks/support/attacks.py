"""Loads that strangers put on a site, each run in a process of its own until it is ended."""

import itertools
import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import quote, urlencode

from benchmarks.support.archive import WORDS
from tests.services import LOCALHOST
from tests.slow_clients import slow_clients

ADDRESSES = 16
TOKEN = 32 * "t"
KNOWN = "chief@example.org"

type Attack = Callable[[int], None]


def drips(port: int) -> None:
    with ExitStack() as stack:
        for kind in ("dripping heads", "dripping bodies"):
            stack.enter_context(slow_clients(kind, 25, port))
        time.sleep(3600)


def silence(port: int) -> None:
    with slow_clients("silent", 50, port):
        time.sleep(3600)


def sign_ins(port: int) -> None:
    """Four a second, whatever becomes of them."""
    for number in itertools.count():
        form = {"username": f"editor{number % 7}", "password": "guessed"}
        in_background(post, port, "/admin/login/", form, number)
        time.sleep(1 / 4)


def resets(port: int) -> None:
    """Twelve at once, then the next twelve."""
    for turn in itertools.count():
        for number in range(12):
            email = KNOWN if number % 2 else f"nobody{number}@example.org"
            in_background(
                post, port, "/admin/password_reset/", {"email": email}, 12 * turn + number
            )
        time.sleep(2)


def searches(port: int) -> None:
    """A hundred a second over sixteen connections, if they are answered as quickly."""

    def search(number: int) -> None:
        chance = random.Random(number)  # noqa: S311
        time.sleep(chance.random() * 16 / 100)
        while True:
            began = time.monotonic()
            ask(port, "GET", f"/search/?q={quote(chance.choice(WORDS))}", number)
            time.sleep(max(0, 16 / 100 - (time.monotonic() - began)))

    for number in range(1, 16):
        in_background(search, number)
    search(0)


def in_background[**P](function: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    threading.Thread(target=function, args=args, kwargs=kwargs, daemon=True).start()


def post(port: int, address: str, form: dict[str, str], number: int) -> None:
    ask(port, "POST", address, number, urlencode(form | {"csrfmiddlewaretoken": TOKEN}))


def ask(port: int, method: str, address: str, number: int, body: str = "") -> None:
    headers = {
        "X-Forwarded-For": f"192.0.2.{number % ADDRESSES}",
        "Cookie": f"csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = HTTPConnection(LOCALHOST, port, timeout=60)
    with suppress(OSError, HTTPException):
        connection.request(method, address, body, headers)
        connection.getresponse().read()
    connection.close()


@contextmanager
def under(attack: Attack, port: int) -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(target=attack, args=(port,), daemon=True)
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()
