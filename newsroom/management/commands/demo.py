"""`manage.py demo`: runs the whole workflow on sample content, from archive to exported file."""

import fcntl
import json
import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from digests.accounts import links
from digests.accounts.roles import ADMINISTRATOR, EDITOR
from digests.delivery.folder import sweep
from digests.editorial import collaboration, compose, filing, items, lifecycle, planning, slots
from digests.editorial.importing import import_digest
from digests.models import (
    Category,
    Digest,
    Item,
    Series,
    Site,
    Slot,
    Source,
    User,
    clock,
)
from digests.text.format import Entry
from newsroom import static
from newsroom.embedded import Engine
from newsroom.ports import next_free_port
from newsroom.settings import env

SAMPLES = settings.BASE_DIR / "samples"
FOLDER = settings.BASE_DIR / "var" / "demo"
MARK = ".demo"  # a file in each folder that a demo made, which another may remove
SERIES: dict[str, dict[str, Any]] = {
    "global-ai": {
        "name": "全球AI速览",
        "language": "zh-hans",
        "time_zone": "Asia/Shanghai",
        "schedule": "0 0,4,8,12,16,20 * * *",
        "title_pattern": "{slot:%Y.%m.%d.%H} 过去{hours}小时全球AI发生了什么？",
        "lead_minutes": 4 * 60,
        "tells_next": True,
        "body_min": 40,
        "body_max": 240,
        "shows_review": True,
    },
    "tech-week": {
        "name": "The Tech Week",
        "language": "en",
        "time_zone": "Europe/London",
    },
}
EIGHT = 8
# The files of the archive that become the editions of the last slots. Of these, counted from the
# first, one more is skipped and one is missed; the last one's edition is made by the demo, late.
RECENT = 4
EVERY = timedelta(hours=4)
SKIPPED, MISSED = 2, 4
# How many minutes before its time each of these was opened, submitted and approved.
PACES = [(118, 41, 26), (95, 38, 19), (132, 52, 33), (104, 35, 22)]
PATIENCE = 30  # seconds for the worker to write the file
# The settings a demo takes from its environment; it ignores all others and runs embedded, alone.
KEPT = {"HOST", "LANGUAGE_CODE", "TIME_ZONE", "LOG_LEVEL"}


class Command(BaseCommand):
    # They connect, which would make a database in a folder that is to stay as it is.
    requires_system_checks = []
    help = (
        "Fills var/demo, or an empty DATA_DIR, with sample content, takes a digest from draft to"
        " file, and serves."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-serve", action="store_true", help="do everything but serve the site"
        )
        parser.add_argument(
            "--reset", action="store_true", help="remove what is there and start again"
        )
        parser.add_argument(
            "--fill",
            action="store_true",
            help="fill the empty DATA_DIR (its own second step)",
        )

    def handle(self, *args: Any, no_serve: bool, reset: bool, fill: bool, **options: Any) -> None:
        if not fill:
            run_in_folder(["--no-serve"] if no_serve else [], reset=reset)
        if is_filled():
            return self.go_on(no_serve=no_serve)
        call_command("migrate", interactive=False, verbosity=0)
        static.collect()
        password = secrets.token_urlsafe(12)
        chief = member("demo", ADMINISTRATOR, password=password, superuser=True)
        editor = member("editor", EDITOR)
        for slug, fields in SERIES.items():
            Series.objects.create(slug=slug, **fields)
        Site.objects.filter(pk=1).update(
            about=(SAMPLES / "about.md").read_text(), language="zh-hans"
        )
        stories = self.receive(editor)
        files = {slug: sorted((SAMPLES / "digests" / slug).glob("*.md")) for slug in SERIES}
        recent, files["global-ai"] = files["global-ai"][:RECENT], files["global-ai"][RECENT:]
        for slug, archive in files.items():
            call_command(
                "import_digests",
                *(os.path.relpath(file) for file in archive),
                series=slug,
                stdout=self.stdout,
            )
        last = self.go_through_slots(recent, editor=editor, chief=chief)
        file = self.publish(last, stories, editor=editor, chief=chief)
        planning.keep()
        # The next slot's draft, empty, so that the inbox can be triaged into it at once.
        coming = Digest.objects.filter(slot__due_at__gt=timezone.now()).order_by("date")
        collaboration.set_current_digest(coming[0], by=chief)
        self.stdout.write(f"\nThe file of the digest: {file}\n\n")
        lines = file.read_text().splitlines()[:12]
        self.stdout.write("\n".join(f"    {line}" for line in lines) + "\n\n")
        if not no_serve:
            self.serve(f"Sign in as demo with the password {password}")

    def go_on(self, *, no_serve: bool) -> None:
        """Serve what an earlier demo made, and what people did with it."""
        self.stdout.write(
            f"What is in {settings.DATA_DIR} is kept. `make demo RESET=1` removes it and starts"
            " again.\n\n"
        )
        if no_serve:
            return
        call_command("migrate", interactive=False, verbosity=0)
        user = User.objects.filter(username="demo", is_active=True).first()
        self.serve(
            "Sign in as demo with the password that was shown at first, or set another here, once:"
            f"\n{links.invitation_link(user)}"
            if user
            else "The user demo is gone: sign in as somebody else, or use `manage.py login_link`."
        )

    def serve(self, way_in: str) -> None:
        self.stdout.write(
            f"The public site:  {settings.SITE_URL}/\n"
            f"The editors' site: {settings.SITE_URL}/admin/\n"
            f"Its data:         {settings.DATA_DIR}\n"
            f"{way_in}\n"
        )
        self.stdout.flush()
        run_manage("up", environment=dict(os.environ))

    def receive(self, editor: User) -> list[Item]:
        """Fill the inbox with samples, through the verbs; returns the stories already written."""
        inbox = json.loads((SAMPLES / "inbox.json").read_text())
        sources = {fields["name"]: Source.objects.create(**fields) for fields in inbox["sources"]}
        written = []
        for fields in inbox["items"]:
            source = sources[fields["source"]]
            entry = Entry(
                fields["headline"], fields["byline"] or source.byline, fields["url"], fields["body"]
            )
            item = items.add(
                entry,
                by=editor,
                language=fields["language"],
                source=source,
                captured=fields["captured"],
            )
            if entry.body:
                written.append(items.shortlist(item, by=editor, version=item.version))
        self.stdout.write(f"{len(inbox['items'])} stories of {len(sources)} sources received.")
        return written

    def go_through_slots(self, files: list[Path], *, editor: User, chief: User) -> Slot:
        """Plan the series as if since yesterday, and let its past slots have editions, but for one
        that is skipped, one that is missed, and the last, which is returned."""
        series = Series.objects.get(slug="global-ai")
        filed = Category.objects.filter(digests__series=series).distinct()
        filing.file_drafts(series, filed, by=chief)
        # The last is over for a minute: published within that, its edition would not be late.
        end = timezone.now() - timedelta(minutes=1)
        with clocks_at(end - (RECENT + 3) * EVERY):
            planning.plan(series, by=None)
        past = list(series.slots.filter(due_at__lte=end).order_by("due_at"))
        with clocks_at(past[SKIPPED].due_at - EVERY):
            slots.skip(past[SKIPPED], by=chief, reason="例会，停一期")
        kept = [slot for number, slot in enumerate(past[:-1]) if number not in (SKIPPED, MISSED)]
        for slot, file, pace in zip(kept, files, PACES, strict=True):
            publish_at_its_time(slot, file, pace, editor=editor, chief=chief)
        self.stdout.write(f"{len(past)} slots of “{series}” since yesterday, and those to come.")
        return past[-1]

    def publish(self, slot: Slot, stories: list[Item], *, editor: User, chief: User) -> Path:
        """Take the draft of a slot through the verbs, with eight stories, and wait for the worker's
        file."""
        digest = planning.make_draft(slots.take(slot, by=editor), by=None)
        for item in stories[:EIGHT]:
            approved = items.approve(item, by=editor, version=item.version)
            digest = compose.place(digest, approved, by=editor, version=digest.version)
        digest = lifecycle.submit(digest, by=editor, version=digest.version)
        engine = Engine()
        engine.start()
        try:
            shown = digest.working_copy().fingerprint
            digest = lifecycle.approve(digest, by=chief, version=digest.version, sha256=shown)
            file = await_file(digest)
        finally:
            engine.stop()
        self.stdout.write(f"“{digest}” approved by {chief}, and exported.")
        return file


@contextmanager
def clocks_at(moment: datetime) -> Iterator[None]:
    """Let the clocks of this process show another time, for what is made as if done then."""
    with patch.object(timezone, "now", lambda: moment), patch.object(clock, "now", lambda: moment):
        yield


def publish_at_its_time(
    slot: Slot, file: Path, pace: tuple[int, int, int], *, editor: User, chief: User
) -> None:
    """Let a digest of the archive be the edition of a past slot, which was opened, submitted and
    approved so many minutes before its time."""
    text = file.read_text()
    for key, value in (
        ("title", f'"{planning.slot_title(slot)}"'),
        ("date", slot.local_due_at.isoformat()),
    ):
        text = re.sub(f"(?m)^{key}: .*$", f"{key}: {value}", text, count=1)
    opened, submitted, approved = (slot.due_at - timedelta(minutes=each) for each in pace)
    with clocks_at(opened):
        import_digest(text, slot.series, by=chief, draft=True)
        digest = planning.make_draft(slots.take(slot, by=editor), by=None)  # finds what is there
    with clocks_at(submitted):
        for item in digest.items.all():
            items.approve(item, by=editor, version=item.version)
        digest = lifecycle.submit(digest, by=editor, version=digest.version)
    with clocks_at(approved):
        shown = digest.working_copy().fingerprint
        lifecycle.approve(digest, by=chief, version=digest.version, sha256=shown)
    with clocks_at(slot.due_at + timedelta(seconds=1)):
        lifecycle.publish_due()
        sweep()


def member(
    username: str, role: str, *, password: str | None = None, superuser: bool = False
) -> User:
    """Create a user with a role; without a password nobody can sign in under the name."""
    user = User.objects.create_user(
        username, password=password, is_staff=True, is_superuser=superuser
    )
    user.groups.add(Group.objects.get(name=role))
    return user


def is_filled() -> bool:
    """Whether DATA_DIR holds the database of an earlier demo."""
    tables = connection.introspection.table_names()
    return User._meta.db_table in tables and User.objects.exists()


def run_in_folder(options: list[str], *, reset: bool) -> None:
    """Run the demo in its own folder, in a process that has the demo's settings."""
    folder = settings.DATA_DIR if "DATA_DIR" in os.environ else FOLDER
    refuse_foreign(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # The lock is held, through every exec, for as long as this demo serves.
    lock = os.open(folder.with_name(f"{folder.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise CommandError(f"Another demo runs in {folder}: end it first.") from None
    os.set_inheritable(lock, True)
    if reset:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / MARK).touch()
    port = next_free_port(settings.HOST, settings.PORT)
    foreign = {variable.name for variable in env.variables} - KEPT
    environment = {name: value for name, value in os.environ.items() if name not in foreign}
    environment |= {"DATA_DIR": str(folder), "PORT": str(port)}
    # On the terminal people should read the demo's own output.
    environment.setdefault("LOG_LEVEL", "WARNING")
    run_manage("demo", "--fill", *options, environment=environment)


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder with the data of a newsroom that is no demo, so that none is lost."""
    if folder == FOLDER or not folder.exists() or (folder / MARK).exists():
        return
    # The settings have made the key already.
    if {path.name for path in folder.iterdir()} - {"secret_key"}:
        raise CommandError(f"{folder} holds something else than a demo, and is left as it is.")


def run_manage(*arguments: str, environment: dict[str, str]) -> None:
    """Replace this process by `manage.py` with these arguments and this environment."""
    sys.stdout.flush()
    manage = str(settings.BASE_DIR / "manage.py")
    os.execve(sys.executable, [sys.executable, manage, *arguments], environment)  # noqa: S606 (our own command)


def await_file(digest: Digest) -> Path:
    """Wait until the digest's file holds the live revision's text, byte for byte; returns the
    file."""
    revision = digest.live_revision
    if revision is None or digest.path is None:
        raise CommandError("The digest was approved but is not public.")
    file = Path(settings.EXPORT_ROOT) / digest.path
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if file.exists() and file.read_bytes() == revision.text.encode():
            return file
        time.sleep(0.05)
    raise CommandError(f"The worker did not write {file} as approved within {PATIENCE} seconds.")
