from django.db import migrations

from springline.business.complaints import guards


def install(_apps, editor):
    guards.install(editor.connection)


def remove(_apps, editor):
    guards.remove(editor.connection)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_initial")]
    operations = [migrations.RunPython(install, remove, elidable=False)]
