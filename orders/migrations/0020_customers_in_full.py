import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.datetime
import django.db.models.functions.text
import orders.kernel.guards
import orders.models.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns with defaults that stay in the database, and checks that look at new rows only: nothing is rewritten."""

    dependencies = [
        ('orders', '0019_gateway_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('fingerprint', models.CharField(editable=False, max_length=32)),
                ('label', models.CharField(blank=True, max_length=64)),
                ('address', models.JSONField(default=dict)),
                ('is_default_shipping', models.BooleanField(db_default=False, default=False)),
                ('is_default_billing', models.BooleanField(db_default=False, default=False)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name_plural': 'customer addresses',
                'ordering': ['-last_used_at', '-id'],
            },
        ),
        migrations.AlterModelOptions(
            name='customer',
            options={'permissions': [('merge_customer', 'Can merge duplicate customers'), ('export_customer', "Can export all of a customer's data"), ('erase_customer', 'Can erase customers')]},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='creditnote',
            name='append_only',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='invoice',
            name='append_only',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='notification',
            name='status_edges',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='ordercancellation',
            name='append_only',
        ),
        migrations.RemoveConstraint(
            model_name='notification',
            name='notification_status_legal',
        ),
        migrations.AddField(
            model_name='customer',
            name='erasure_due_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='customer',
            name='merged_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='customer',
            name='merged_into',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='absorbed', to='orders.customer'),
        ),
        migrations.AddField(
            model_name='customer',
            name='phone_e164',
            field=orders.models.fields.NormalPhoneField(),
        ),
        migrations.AddField(
            model_name='notification',
            name='kind',
            field=models.CharField(choices=[('order', 'Order, payment and returns'), ('delivery', 'Where the parcels are'), ('promise', 'New delivery dates'), ('feedback', 'Asking how it went')], db_default='order', default='order', max_length=16),
        ),
        migrations.AddField(
            model_name='order',
            name='phone_e164',
            field=orders.models.fields.NormalPhoneField(),
        ),
        migrations.AlterField(
            model_name='notification',
            name='status',
            field=orders.kernel.guards.StateField(choices=[('pending', 'Pending'), ('leased', 'Being sent'), ('sent', 'Sent'), ('suppressed', 'Not wanted'), ('dead', 'Dead')], default='pending', max_length=32, protected=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditnote',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='ac500b43f387d6ea19db89eccfc2352aedf82cde', operation='DELETE', pgid='pgtrigger_never_deleted_85157', table='orders_creditnote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditnote',
            trigger=pgtrigger.compiler.Trigger(name='only_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.snapshot IS DISTINCT FROM OLD.snapshot AND NEW.snapshot IS DISTINCT FROM (OLD.snapshot - ARRAY['buyer', 'ship_to']))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='40e40e64d57dd59949e5ee58d9362d86bbc2675a', operation='UPDATE', pgid='pgtrigger_only_emptied_d309c', table='orders_creditnote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditnote',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invoice_id" IS DISTINCT FROM (NEW."invoice_id") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."net" IS DISTINCT FROM (NEW."net") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."refund_id" IS DISTINCT FROM (NEW."refund_id") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."series_id" IS DISTINCT FROM (NEW."series_id") OR OLD."shipping" IS DISTINCT FROM (NEW."shipping") OR OLD."shipping_tax" IS DISTINCT FROM (NEW."shipping_tax") OR OLD."tax" IS DISTINCT FROM (NEW."tax") OR OLD."total" IS DISTINCT FROM (NEW."total"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='15a9ed5f3374527e0f190a72076ac13e8a7c425a', operation='UPDATE', pgid='pgtrigger_append_only_a456d', table='orders_creditnote', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='6319f3ee02af55da0e6be8a75e4e1f8cc2a696df', operation='DELETE', pgid='pgtrigger_never_deleted_bd779', table='orders_invoice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='only_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.snapshot IS DISTINCT FROM OLD.snapshot AND NEW.snapshot IS DISTINCT FROM (OLD.snapshot - ARRAY['buyer', 'ship_to']))", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='c24d59af700e9918f1a847e9e293fb248fd248d7', operation='UPDATE', pgid='pgtrigger_only_emptied_819a3', table='orders_invoice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoice',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cause_id" IS DISTINCT FROM (NEW."cause_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."issued_at" IS DISTINCT FROM (NEW."issued_at") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."net" IS DISTINCT FROM (NEW."net") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."sequence" IS DISTINCT FROM (NEW."sequence") OR OLD."series_id" IS DISTINCT FROM (NEW."series_id") OR OLD."shipping" IS DISTINCT FROM (NEW."shipping") OR OLD."shipping_tax" IS DISTINCT FROM (NEW."shipping_tax") OR OLD."tax" IS DISTINCT FROM (NEW."tax") OR OLD."total" IS DISTINCT FROM (NEW."total"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='cf7538cbb5fa748e97257566a882dbef1959bb59', operation='UPDATE', pgid='pgtrigger_append_only_44390', table='orders_invoice', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='notification',
            trigger=pgtrigger.compiler.Trigger(name='status_edges', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{dead:pending,leased:dead,leased:pending,leased:sent,leased:suppressed,pending:dead,pending:leased,pending:suppressed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='fd90b4cdc1e699582abf63c0281be3471aa4d1a9', operation='UPDATE', pgid='pgtrigger_status_edges_8152f', table='orders_notification', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ordercancellation',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='306346d3fe2fd16bd6466e7339ef1c1355434074', operation='DELETE', pgid='pgtrigger_never_deleted_4962c', table='orders_ordercancellation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ordercancellation',
            trigger=pgtrigger.compiler.Trigger(name='only_emptied', sql=pgtrigger.compiler.UpsertTriggerSql(condition="WHEN (NEW.note IS DISTINCT FROM OLD.note AND NEW.note IS DISTINCT FROM '')", func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='e969e887d049982202e5d047efb5b3f9d9b5303b', operation='UPDATE', pgid='pgtrigger_only_emptied_0a1a7', table='orders_ordercancellation', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ordercancellation',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."cancelled_by" IS DISTINCT FROM (NEW."cancelled_by") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."notify" IS DISTINCT FROM (NEW."notify") OR OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."refund" IS DISTINCT FROM (NEW."refund") OR OLD."restock" IS DISTINCT FROM (NEW."restock"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='ac78ccf9a7e648c9ad8700dd18bb3365dd0e1d59', operation='UPDATE', pgid='pgtrigger_append_only_367c5', table='orders_ordercancellation', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', models.F('id')), _negated=True), name='customer_merged_elsewhere'),
        ),
        AddConstraintNotValid(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'leased', 'sent', 'suppressed', 'dead'])), name='notification_status_legal'),
        ),
        AddConstraintNotValid(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['order', 'delivery', 'promise', 'feedback'])), name='notification_kind_legal'),
        ),
        migrations.AddField(
            model_name='customeraddress',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='addresses', to='orders.customer'),
        ),
        migrations.AddIndex(
            model_name='customeraddress',
            index=models.Index(django.db.models.functions.text.Lower(django.db.models.fields.json.KeyTextTransform('name', 'address')), django.db.models.fields.json.KeyTextTransform('postal_code', 'address'), name='customer_address_person'),
        ),
        migrations.AddConstraint(
            model_name='customeraddress',
            constraint=models.UniqueConstraint(fields=('customer', 'fingerprint'), name='customer_address_once'),
        ),
        migrations.AddConstraint(
            model_name='customeraddress',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default_shipping', True)), fields=('customer',), name='customer_address_one_shipping'),
        ),
        migrations.AddConstraint(
            model_name='customeraddress',
            constraint=models.UniqueConstraint(condition=models.Q(('is_default_billing', True)), fields=('customer',), name='customer_address_one_billing'),
        ),
    ]
