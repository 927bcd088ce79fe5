from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("digests", "0010_steps"),
    ]

    operations = [
        migrations.AddField(
            model_name="presence",
            name="is_unsaved",
            field=models.BooleanField(default=False, verbose_name="has unsaved text"),
        ),
        migrations.AlterField(
            model_name="claim",
            name="until",
            field=models.DateTimeField(db_index=True, verbose_name="until"),
        ),
        migrations.AlterField(
            model_name="item",
            name="status",
            field=models.CharField(
                choices=[
                    ("inbox", "inbox"),
                    ("draft", "shortlisted"),
                    ("approved", "approved"),
                    ("rejected", "rejected"),
                ],
                default="inbox",
                editable=False,
                max_length=20,
                verbose_name="status",
            ),
        ),
    ]
