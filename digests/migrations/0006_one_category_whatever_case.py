"""Categories whose names differ in capital and small letters alone become one.

What is frozen keeps the spelling that it has.
"""

from typing import Any

from django.db import migrations, models
from django.db.models.functions import Lower


def merge_twins(apps: Any, schema_editor: Any) -> None:
    """Keep of each set of twins the one with the most digests, the oldest of several."""
    category = apps.get_model("digests", "Category")
    line = apps.get_model("digests", "DigestCategory")
    kept: dict[str, Any] = {}
    rows = category.objects.annotate(
        folded=Lower("name"), count=models.Count("digests", distinct=True)
    )
    for row in rows.order_by("-count", "pk"):
        first = kept.setdefault(row.folded, row)
        if first is row:
            continue
        lines = line.objects.filter(category=row)
        lines.filter(digest__filed_under__category=first).delete()
        lines.update(category=first)
        row.delete()
    # PostgreSQL makes no index while references to the rows are still to be checked.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [("digests", "0005_foreign_files")]

    operations = [
        migrations.RunPython(merge_twins, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(
                Lower("name"),
                name="category_once_whatever_case",
                violation_error_message=(
                    "This category is there already, perhaps in other capital or small letters."
                ),
            ),
        ),
    ]
