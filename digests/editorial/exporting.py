"""The verb that lets the database's state replace a newer export folder."""

from django.db import transaction
from django.utils.translation import gettext

from digests.editorial import nudge
from digests.editorial.errors import WrongState
from digests.editorial.guards import Actor, require
from digests.models import ExportMark, SweepReport


@transaction.atomic
def overwrite_newer_folder(mark: str, *, by: Actor) -> None:
    """Decide that the next sweep makes the export folder like the database, though the folder is
    newer. It holds for the folder with this mark alone, as the last sweep reported it."""
    require(by, "overwrite_newer_export")
    report = SweepReport.objects.first()
    if report is None or report.plan is None or report.plan["mark"] != mark:
        raise WrongState(
            gettext("The export folder has changed since you saw this list. Read it again.")
        )
    ExportMark.objects.update_or_create(pk=mark, defaults={"confirmed_by": by})
    nudge.nudge_on_commit()
