import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    """What a carrier wrote about a person may be emptied when the person is forgotten."""

    dependencies = [
        ('shipping', '0001_initial'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='trackingevent',
            name='append_only',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='trackingevent',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='c79418a07b6959c5c79b5989e864dc7d93a21f63', operation='DELETE', pgid='pgtrigger_never_deleted_f0569', table='shipping_trackingevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='trackingevent',
            trigger=pgtrigger.compiler.Trigger(name='only_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.place IS DISTINCT FROM OLD.place AND NEW.place IS DISTINCT FROM '' OR NEW.detail IS DISTINCT FROM OLD.detail AND NEW.detail IS DISTINCT FROM '')", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='b4998436f873a04f3d547ad8cff466cf2f6ad011', operation='UPDATE', pgid='pgtrigger_only_emptied_56493', table='shipping_trackingevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='trackingevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."event_id" IS DISTINCT FROM (NEW."event_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."occurred_at" IS DISTINCT FROM (NEW."occurred_at") OR OLD."received_at" IS DISTINCT FROM (NEW."received_at") OR OLD."shipment_id" IS DISTINCT FROM (NEW."shipment_id") OR OLD."status" IS DISTINCT FROM (NEW."status"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='0669535643ff147dd457583c70ea7b68390d9a94', operation='UPDATE', pgid='pgtrigger_append_only_722e9', table='shipping_trackingevent', when='BEFORE')),
        ),
    ]
