"""`manage.py rerender`: renders the HTML of readers' pages again."""

from typing import Any

from django.db import transaction

from digests.management.base import NewsroomCommand
from digests.models import LiveDigest, Rendering, Revision


class Command(NewsroomCommand):
    help = "Throws all kept HTML away and renders what is public again."

    def handle(self, *args: Any, **options: Any) -> None:
        live = LiveDigest.objects.values("live_revision")
        Rendering.objects.exclude(revision__in=live).delete()
        count = 0
        for revision in Revision.objects.filter(pk__in=live).iterator(chunk_size=100):
            with transaction.atomic():
                Rendering.objects.filter(revision=revision).delete()
                Rendering.objects.of(revision)
            count += 1
        self.stdout.write(f"{count} rendered.")
