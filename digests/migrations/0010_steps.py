from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0009_readers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="historyentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("add", "added"),
                    ("edit", "edited"),
                    ("shortlist", "shortlisted"),
                    ("reject", "rejected"),
                    ("reopen", "reopened"),
                    ("approve", "approved"),
                    ("place", "placed"),
                    ("remove", "removed"),
                    ("reorder", "reordered"),
                    ("add_section", "section added"),
                    ("edit_section", "section changed"),
                    ("move_section", "section moved"),
                    ("remove_section", "section dissolved"),
                    ("submit", "submitted"),
                    ("take_back", "taken back"),
                    ("send_back", "sent back"),
                    ("publish", "published"),
                    ("correct", "opened for correction"),
                    ("abandon", "correction abandoned"),
                    ("withdraw", "withdrawn"),
                    ("restore", "restored"),
                    ("undo", "undone"),
                    ("override", "approved alone"),
                    ("import", "imported"),
                ],
                max_length=20,
                verbose_name="what",
            ),
        ),
    ]
