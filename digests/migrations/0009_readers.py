"""Categories are one whatever the letters, also beyond ASCII on SQLite."""

from typing import Any

from django.db import migrations, models

import digests.models.catalogue


def fold_names(apps: Any, schema_editor: Any) -> None:
    """Fold the names, and keep of each set of twins the one with the most digests, the oldest of
    several. Only SQLite has twins here, whose letters are not of ASCII."""
    category = apps.get_model("digests", "Category")
    line = apps.get_model("digests", "DigestCategory")
    kept: dict[str, Any] = {}
    counted = category.objects.annotate(count=models.Count("digests", distinct=True))
    for row in counted.order_by("-count", "pk"):
        first = kept.setdefault(row.name.casefold(), row)
        if first is row:
            category.objects.filter(pk=row.pk).update(folded=row.name.casefold())
            continue
        lines = line.objects.filter(category=row)
        lines.filter(digest__filed_under__category=first).delete()
        lines.update(category=first)
        row.delete()
    # PostgreSQL makes no index while references to the rows are still to be checked.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [("digests", "0008_heartbeat")]

    operations = [
        migrations.RemoveConstraint("category", "category_once_whatever_case"),
        migrations.AddField(
            "category",
            "folded",
            models.CharField(editable=False, max_length=300, null=True),
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
        migrations.AlterField(
            "category",
            "folded",
            digests.models.catalogue.FoldedNameField(editable=False, max_length=300, unique=True),
        ),
    ]
