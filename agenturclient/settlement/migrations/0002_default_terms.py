from datetime import UTC, datetime

from django.db import migrations

# Invented rates within the publicly known range of 3-8 %, and an invented fee of CHF 0.50 a ticket: real terms are
# agreed with each agency and come as further versions.
DEFAULT = {
    "version": "default-1",
    "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
    "commission": {"regular": 500, "supersaver": 300, "pass": 700, "excursion": 800},
    "fee_amount": 50,
    "currency": "CHF",
}


def add_default_terms(apps, schema_editor):
    apps.get_model("settlement", "Terms").objects.create(**DEFAULT)


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_initial")]

    operations = [migrations.RunPython(add_default_terms, migrations.RunPython.noop)]
