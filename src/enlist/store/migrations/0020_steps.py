import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0019_course_people"),
    ]

    operations = [
        migrations.RemoveField(model_name="edit", name="at"),
        migrations.RemoveField(model_name="edit", name="by"),
        migrations.RemoveField(model_name="edit", name="step"),
        migrations.RemoveField(model_name="import", name="steps"),
        migrations.RemoveField(model_name="import", name="steps_done"),
        migrations.AddField(
            model_name="import",
            name="planned_moves",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.TextField(blank=True, db_default="done", default="done")),
                ("move", models.PositiveIntegerField(db_default=0, default=0)),
                (
                    "by",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                (
                    "of_import",
                    models.ForeignKey(
                        db_column="import_id",
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="store.import",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organization",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["of_import", "id"], name="step_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["done", "dropped", "undone"])), name="step_state"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="edit",
            name="step",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=0,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="store.step",
            ),
            preserve_default=False,
        ),
    ]
