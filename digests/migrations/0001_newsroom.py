import digests.models.digest
import digests.models.fields
import digests.models.series
import digests.models.site
import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="Part of addresses.",
                        unique=True,
                        validators=[digests.models.series.validate_slug_is_free],
                        verbose_name="slug",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "time_zone",
                    digests.models.fields.TimeZoneField(max_length=64, verbose_name="time zone"),
                ),
                (
                    "language",
                    digests.models.fields.LanguageField(
                        choices=[("zh-hans", "简体中文"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "path_pattern",
                    models.CharField(
                        default="{date:%Y-%m-%d-%H%M}.md",
                        help_text="{date:…} takes strftime codes of the local date; {series} is the slug.",
                        max_length=200,
                        verbose_name="file names",
                    ),
                ),
                (
                    "extra",
                    digests.models.fields.OrderedObjectField(
                        blank=True,
                        default=dict,
                        help_text='Written into each file, for instance {"render_with_liquid": false}.',
                        validators=[digests.models.series.validate_extra],
                        verbose_name="extra keys",
                    ),
                ),
                (
                    "four_eyes",
                    models.BooleanField(
                        default=False,
                        help_text="Who submitted or last changed a digest cannot approve it.",
                        verbose_name="four eyes",
                    ),
                ),
                (
                    "four_eyes_override",
                    models.BooleanField(
                        default=False,
                        help_text="With a reason, which the history keeps.",
                        verbose_name="administrators may approve alone",
                    ),
                ),
                (
                    "shows_review",
                    models.BooleanField(
                        default=False,
                        help_text="Each digest that a person approved says so.",
                        verbose_name="tell readers of the review",
                    ),
                ),
                (
                    "window_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Older stories are flagged. Empty: none is.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="hours covered",
                    ),
                ),
                (
                    "headline_max",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=60,
                        help_text="In characters.",
                        null=True,
                        verbose_name="longest headline",
                    ),
                ),
                (
                    "body_min",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="In characters.",
                        null=True,
                        verbose_name="shortest body",
                    ),
                ),
                (
                    "body_max",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=600,
                        help_text="In characters.",
                        null=True,
                        verbose_name="longest body",
                    ),
                ),
                (
                    "bold_max",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=50,
                        help_text="In percent of the body.",
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="most bold",
                    ),
                ),
                (
                    "link_hosts",
                    models.CharField(
                        blank=True,
                        help_text="Where stories may lead, separated by spaces. Empty: anywhere.",
                        max_length=500,
                        validators=[digests.models.series.validate_hosts],
                        verbose_name="hosts of links",
                    ),
                ),
                (
                    "spacing",
                    models.CharField(
                        blank=True,
                        choices=[("", "no rule"), ("spaced", "a space"), ("unspaced", "no space")],
                        default="",
                        max_length=10,
                        verbose_name="between Chinese and Latin",
                    ),
                ),
            ],
            options={
                "verbose_name": "series",
                "verbose_name_plural": "series",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200, unique=True, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("x", "X account"),
                            ("feed", "Feed"),
                            ("site", "Site"),
                            ("newsletter", "Newsletter"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("url", models.URLField(blank=True, max_length=2000, verbose_name="address")),
                ("byline", models.CharField(blank=True, max_length=200, verbose_name="byline")),
                (
                    "language",
                    digests.models.fields.LanguageField(
                        choices=[("zh-hans", "简体中文"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
            ],
            options={
                "verbose_name": "source",
                "verbose_name_plural": "sources",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=150, verbose_name="last name"),
                ),
                (
                    "email",
                    models.EmailField(blank=True, max_length=254, verbose_name="email address"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="date joined"
                    ),
                ),
                (
                    "time_zone",
                    digests.models.fields.TimeZoneField(
                        blank=True,
                        help_text="Dates are shown in this zone. Empty: the site's.",
                        max_length=64,
                        verbose_name="time zone",
                    ),
                ),
                (
                    "language",
                    digests.models.fields.LanguageField(
                        blank=True,
                        choices=[("zh-hans", "简体中文"), ("en", "English")],
                        help_text="The screens speak it. Empty: the browser's.",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "category",
                "verbose_name_plural": "categories",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__contains", "/"), _negated=True),
                        name="category_without_slash",
                        violation_error_message="A category name cannot hold a slash.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            ("name", django.db.models.functions.text.Trim("name")),
                        ),
                        name="category_trimmed",
                        violation_error_message="A category needs a name without spaces around it.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("changed_at", models.DateTimeField(auto_now_add=True, verbose_name="changed")),
                ("title", models.CharField(max_length=300, verbose_name="title")),
                (
                    "date",
                    models.DateTimeField(
                        default=digests.models.digest.now_to_the_second,
                        help_text="When it appears. A date to come waits for its time.",
                        verbose_name="date",
                    ),
                ),
                ("intro", models.TextField(blank=True, max_length=20000, verbose_name="intro")),
                ("outro", models.TextField(blank=True, max_length=20000, verbose_name="outro")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("review", "in review"),
                            ("approved", "approved"),
                            ("published", "published"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "slug",
                    models.CharField(editable=False, max_length=40, null=True, verbose_name="slug"),
                ),
                (
                    "path",
                    models.CharField(
                        editable=False, max_length=250, null=True, unique=True, verbose_name="file"
                    ),
                ),
                (
                    "published_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="first published"),
                ),
                ("live_date", models.DateTimeField(editable=False, null=True)),
                ("live_day", models.DateField(editable=False, null=True)),
                (
                    "correction_note",
                    models.TextField(blank=True, editable=False, verbose_name="correction note"),
                ),
                (
                    "withdrawal_note",
                    models.TextField(blank=True, editable=False, verbose_name="withdrawal note"),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="digests",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "digest",
                "verbose_name_plural": "digests",
                "ordering": ["-date", "-pk"],
                "permissions": [
                    ("submit_digest", "Can submit digests"),
                    ("send_back_digest", "Can send back anybody's digest"),
                    ("approve_digest", "Can approve digests"),
                    ("publish_digest", "Can publish digests"),
                    ("correct_digest", "Can correct digests"),
                    ("abandon_digest", "Can abandon corrections"),
                    ("withdraw_digest", "Can withdraw digests"),
                    ("reopen_digest", "Can reopen digests"),
                    ("restore_digest", "Can restore revisions"),
                    ("override_four_eyes", "Can approve digests alone where a series allows it"),
                    ("import_digest", "Can import digests"),
                ],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="current_digest",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="digests.digest",
            ),
        ),
        migrations.CreateModel(
            name="LiveDigest",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("digests.digest",),
        ),
        migrations.CreateModel(
            name="DigestCategory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="digests.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "digest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="filed_under",
                        to="digests.digest",
                    ),
                ),
            ],
            options={
                "verbose_name": "category of a digest",
                "verbose_name_plural": "categories of a digest",
                "ordering": ["position"],
            },
        ),
        migrations.AddField(
            model_name="digest",
            name="categories",
            field=models.ManyToManyField(
                related_name="digests",
                through="digests.DigestCategory",
                to="digests.category",
                verbose_name="categories",
            ),
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(default=1, editable=False, verbose_name="version"),
                ),
                ("changed_at", models.DateTimeField(auto_now_add=True, verbose_name="changed")),
                ("headline", models.CharField(max_length=500, verbose_name="headline")),
                ("byline", models.CharField(blank=True, max_length=200, verbose_name="byline")),
                ("url", models.CharField(blank=True, max_length=2000, verbose_name="link")),
                ("body", models.TextField(blank=True, max_length=20000, verbose_name="body")),
                (
                    "url_key",
                    models.CharField(
                        editable=False, max_length=500, null=True, verbose_name="link key"
                    ),
                ),
                (
                    "headline_key",
                    models.CharField(
                        blank=True,
                        db_index=True,
                        editable=False,
                        max_length=200,
                        verbose_name="headline key",
                    ),
                ),
                (
                    "language",
                    digests.models.fields.LanguageField(
                        choices=[("zh-hans", "简体中文"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "captured",
                    models.TextField(
                        blank=True,
                        help_text="The original, as it was found.",
                        verbose_name="captured text",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("inbox", "inbox"),
                            ("draft", "draft"),
                            ("approved", "approved"),
                            ("rejected", "rejected"),
                        ],
                        default="inbox",
                        editable=False,
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("duplicate", "duplicate"),
                            ("off-topic", "off topic"),
                            ("old", "old"),
                            ("unverified", "unverified"),
                            ("promotion", "promotion"),
                            ("other", "other"),
                        ],
                        editable=False,
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
                (
                    "posted_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When its source published it.",
                        null=True,
                        verbose_name="posted",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="changed by",
                    ),
                ),
                (
                    "repeat_of",
                    models.ForeignKey(
                        blank=True,
                        help_text="The item that first used the same link.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="repeats",
                        to="digests.item",
                        verbose_name="repeat of",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="digests.source",
                        verbose_name="source",
                    ),
                ),
            ],
            options={
                "verbose_name": "item",
                "verbose_name_plural": "items",
                "ordering": ["-created_at", "-pk"],
                "permissions": [("approve_item", "Can approve items")],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("until", models.DateTimeField(verbose_name="until")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claim",
                        to="digests.item",
                        verbose_name="item",
                    ),
                ),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
            },
        ),
        migrations.CreateModel(
            name="ItemDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("text", models.JSONField()),
                ("kept_at", models.DateTimeField(auto_now=True, verbose_name="kept")),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="digests.item",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "unsaved text",
                "verbose_name_plural": "unsaved texts",
            },
        ),
        migrations.CreateModel(
            name="Placement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                (
                    "digest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="placements",
                        to="digests.digest",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="placements",
                        to="digests.item",
                        verbose_name="item",
                    ),
                ),
            ],
            options={
                "verbose_name": "placement",
                "verbose_name_plural": "placements",
                "ordering": ["position"],
            },
        ),
        migrations.AddField(
            model_name="digest",
            name="items",
            field=models.ManyToManyField(
                related_name="digests", through="digests.Placement", to="digests.item"
            ),
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "seen_at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, verbose_name="last seen"
                    ),
                ),
                (
                    "digest",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="digests.digest",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="presences",
                        to="digests.item",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "presence",
                "verbose_name_plural": "presences",
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("document", models.JSONField(verbose_name="document")),
                ("dated", models.DateTimeField(verbose_name="date")),
                ("day", models.DateField(verbose_name="day")),
                (
                    "language",
                    digests.models.fields.LanguageField(
                        choices=[("zh-hans", "简体中文"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("document_sha256", models.CharField(max_length=64)),
                ("text", models.TextField(blank=True, verbose_name="file text")),
                ("text_sha256", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="taken")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "digest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="digests.digest",
                    ),
                ),
            ],
            options={
                "verbose_name": "revision",
                "verbose_name_plural": "revisions",
                "ordering": ["digest", "number"],
            },
        ),
        migrations.CreateModel(
            name="Rendering",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("renderer", models.PositiveIntegerField(verbose_name="renderer")),
                ("html", models.JSONField(verbose_name="HTML")),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="renderings",
                        to="digests.revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "rendering",
                "verbose_name_plural": "renderings",
            },
        ),
        migrations.CreateModel(
            name="HistoryEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                (
                    "action",
                    models.CharField(
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
                ("before", models.CharField(blank=True, max_length=20, verbose_name="from")),
                ("after", models.CharField(max_length=20, verbose_name="to")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="history",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
                (
                    "digest",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="digests.digest",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="digests.item",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="history",
                        to="digests.revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "history entry",
                "verbose_name_plural": "history entries",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Filing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                ("name", models.CharField(db_index=True, max_length=100, verbose_name="name")),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filings",
                        to="digests.revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "filing",
                "verbose_name_plural": "filings",
                "ordering": ["revision", "position"],
            },
        ),
        migrations.CreateModel(
            name="ExportedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=250, unique=True, verbose_name="file")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("written", "written"),
                            ("conflict", "conflict"),
                            ("failed", "failed"),
                        ],
                        max_length=20,
                        verbose_name="state",
                    ),
                ),
                ("error", models.TextField(blank=True, verbose_name="error")),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="when"),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exported_files",
                        to="digests.revision",
                        verbose_name="revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "exported file",
                "verbose_name_plural": "exported files",
                "ordering": ["path"],
            },
        ),
        migrations.AddField(
            model_name="digest",
            name="approved_revision",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="approved_digest",
                to="digests.revision",
                verbose_name="approved revision",
            ),
        ),
        migrations.AddField(
            model_name="digest",
            name="live_revision",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="live_digest",
                to="digests.revision",
                verbose_name="live revision",
            ),
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("note", models.TextField(blank=True, verbose_name="what readers are told")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="corrected")),
                (
                    "revision",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction",
                        to="digests.revision",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction",
                "verbose_name_plural": "corrections",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="Section",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                ("heading", models.CharField(max_length=200, verbose_name="heading")),
                ("intro", models.TextField(blank=True, max_length=20000, verbose_name="intro")),
                (
                    "digest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="digests.digest",
                    ),
                ),
            ],
            options={
                "verbose_name": "section",
                "verbose_name_plural": "sections",
                "ordering": ["position"],
            },
        ),
        migrations.AddField(
            model_name="placement",
            name="section",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="placements",
                to="digests.section",
                verbose_name="section",
            ),
        ),
        migrations.AddField(
            model_name="digest",
            name="series",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="digests",
                to="digests.series",
                verbose_name="series",
            ),
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "about",
                    models.TextField(
                        blank=True,
                        help_text="Markdown. Who makes these digests, from what, and how to reach you.",
                        max_length=20000,
                        verbose_name="about",
                    ),
                ),
                (
                    "about_language",
                    digests.models.fields.LanguageField(
                        choices=[("zh-hans", "简体中文"), ("en", "English")],
                        default="en",
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False)),
                (
                    "edition",
                    models.CharField(
                        default=digests.models.site.new_edition, editable=False, max_length=32
                    ),
                ),
            ],
            options={
                "verbose_name": "site",
                "verbose_name_plural": "site",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="site_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("headline", models.CharField(max_length=500, verbose_name="headline")),
                ("byline", models.CharField(blank=True, max_length=200, verbose_name="byline")),
                ("url", models.CharField(blank=True, max_length=2000, verbose_name="link")),
                ("body", models.TextField(blank=True, max_length=20000, verbose_name="body")),
                ("position", models.PositiveIntegerField(verbose_name="position")),
                ("story", models.PositiveBigIntegerField(db_index=True)),
                (
                    "language",
                    digests.models.fields.LanguageField(
                        choices=[("zh-hans", "简体中文"), ("en", "English")],
                        max_length=10,
                        verbose_name="language",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="digests.item",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="digests.revision",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="entries",
                        to="digests.source",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
                "ordering": ["revision", "position"],
            },
        ),
        migrations.CreateModel(
            name="SweepReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("error", models.TextField(blank=True, verbose_name="error")),
            ],
            options={
                "verbose_name": "sweep report",
                "verbose_name_plural": "sweep reports",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="sweep_report_one")
                ],
            },
        ),
        migrations.CreateModel(
            name="TagAuthority",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("host", models.CharField(max_length=253, verbose_name="host")),
                ("year", models.PositiveIntegerField(verbose_name="year")),
            ],
            options={
                "verbose_name": "tag authority",
                "verbose_name_plural": "tag authorities",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("pk", 1)), name="tag_authority_one")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="digestcategory",
            constraint=models.UniqueConstraint(
                fields=("digest", "position"), name="digest_category_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="digestcategory",
            constraint=models.UniqueConstraint(
                fields=("digest", "category"),
                name="digest_category_once",
                violation_error_message="The digest already has this category.",
            ),
        ),
        migrations.AddConstraint(
            model_name="itemdraft",
            constraint=models.UniqueConstraint(fields=("item", "user"), name="item_draft_once"),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest", None), ("item", None), _connector="XOR"),
                name="presence_at_one_noun",
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(
                fields=("user", "item"), name="presence_at_item_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="presence",
            constraint=models.UniqueConstraint(
                fields=("user", "digest"), name="presence_at_digest_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                fields=("digest", "number"), name="revision_number_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rendering",
            constraint=models.UniqueConstraint(
                fields=("revision", "renderer"), name="rendering_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="historyentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest", None), ("item", None), _connector="XOR"),
                name="history_entry_of_one_noun",
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.UniqueConstraint(
                fields=("revision", "position"), name="filing_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="filing",
            constraint=models.UniqueConstraint(fields=("revision", "name"), name="filing_once"),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(fields=("digest", "position"), name="section_place"),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.CheckConstraint(
                condition=models.Q(("heading", ""), _negated=True),
                name="section_with_heading",
                violation_error_message="A section needs a heading.",
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                fields=("digest", "position"), name="placement_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                fields=("digest", "item"),
                name="placement_once",
                violation_error_message="The item already stands in this digest.",
            ),
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(fields=["status", "date"], name="digest_by_status"),
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(fields=["-live_date", "-id"], name="digest_live"),
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(
                fields=["series", "-live_date", "-id"], name="digest_live_of_series"
            ),
        ),
        migrations.AddIndex(
            model_name="digest",
            index=models.Index(fields=["-live_day", "-live_date"], name="digest_live_by_day"),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(
                fields=("series", "date", "title"),
                name="digest_once",
                violation_error_message="This series already has a digest with this date and title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.UniqueConstraint(
                fields=("series", "slug"), name="digest_address_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True),
                name="digest_with_title",
                violation_error_message="A digest needs a title.",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "published"), _negated=True),
                    ("live_revision__isnull", False),
                    _connector="OR",
                ),
                name="digest_published_is_live",
                violation_error_message="A published digest needs a live revision.",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("live_revision", None),
                    models.Q(
                        ("path__isnull", False),
                        ("published_at__isnull", False),
                        ("slug__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="digest_live_has_address",
                violation_error_message="A live digest needs an address and a file.",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("live_date__isnull", True),
                        ("live_day__isnull", True),
                        ("live_revision", None),
                    ),
                    models.Q(
                        ("live_date__isnull", False),
                        ("live_day__isnull", False),
                        ("live_revision__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="digest_live_has_date",
                violation_error_message="A live digest has the date of what is live.",
            ),
        ),
        migrations.AddConstraint(
            model_name="digest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "withdrawn"), _negated=True),
                    models.Q(
                        ("live_revision", None), models.Q(("withdrawal_note", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="digest_withdrawn_with_note",
                violation_error_message="A withdrawn digest is not live and has a note.",
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["status", "-created_at"], name="item_by_status"),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.UniqueConstraint(
                condition=models.Q(("repeat_of", None)),
                fields=("url_key",),
                name="item_link_once",
                violation_error_message="Another item already has this link.",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("repeat_of", None),
                    models.Q(("repeat_of", models.F("pk")), _negated=True),
                    _connector="OR",
                ),
                name="item_repeats_another",
                violation_error_message="An item does not repeat itself.",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("headline", ""), _negated=True),
                name="item_with_headline",
                violation_error_message="An item needs a headline.",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "rejected"), ("reason", ""), _connector="XOR"),
                name="item_rejected_with_reason",
                violation_error_message="A rejected item, and no other, has a reason.",
            ),
        ),
        migrations.AddConstraint(
            model_name="item",
            constraint=models.CheckConstraint(
                condition=models.Q(("url", ""), ("url_key__isnull", False), _connector="XOR"),
                name="item_link_with_key",
                violation_error_message="A link and its key belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("revision", "position"), name="entry_place"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("revision", "item"), name="entry_once"),
        ),
    ]
