"""Days, countries and taxes of legal papers, and their files; why an order bears no tax, and what its buyer calls it."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django_fsm
import orders.kernel.guards
import orders.models.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models



def filled(table):
    """Rows that never change get their day and country as they are made: generated once, then plain columns."""
    return f"""
        ALTER TABLE {table}
            ADD COLUMN issued_on date NOT NULL GENERATED ALWAYS AS ((issued_at AT TIME ZONE 'UTC')::date) STORED,
            ADD COLUMN country varchar(2) NOT NULL
                GENERATED ALWAYS AS (left(coalesce(snapshot->'ship_to'->>'country', ''), 2)) STORED;
        ALTER TABLE {table} ALTER COLUMN issued_on DROP EXPRESSION, ALTER COLUMN country DROP EXPRESSION;
        ALTER TABLE {table} ALTER COLUMN issued_on SET DEFAULT (statement_timestamp())::date,
            ALTER COLUMN country SET DEFAULT '';
    """  # noqa: S608


def emptied(table):
    """Without both columns."""
    return f"ALTER TABLE {table} DROP COLUMN issued_on, DROP COLUMN country"


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0014_channel_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditNoteTax',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tax_rate', orders.models.fields.RateField()),
                ('category', models.CharField(choices=[('S', 'Taxed'), ('Z', 'Zero rate'), ('E', 'Exempt from tax'), ('AE', 'Reverse charge'), ('K', 'Intra-community supply'), ('G', 'Export outside the EU')], max_length=2)),
                ('net', orders.models.fields.AmountField()),
                ('tax', orders.models.fields.AmountField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='InvoiceTax',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tax_rate', orders.models.fields.RateField()),
                ('category', models.CharField(choices=[('S', 'Taxed'), ('Z', 'Zero rate'), ('E', 'Exempt from tax'), ('AE', 'Reverse charge'), ('K', 'Intra-community supply'), ('G', 'Export outside the EU')], max_length=2)),
                ('net', orders.models.fields.AmountField()),
                ('tax', orders.models.fields.AmountField()),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='PaperFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', orders.kernel.guards.StateField(choices=[('owed', 'Owed'), ('filed', 'Filed')], default='owed', max_length=32, protected=True)),
                ('name', models.CharField(blank=True, max_length=200)),
                ('sha256', models.CharField(blank=True, max_length=64)),
                ('size', models.PositiveIntegerField(default=0)),
                ('has_xml', models.BooleanField(default=False)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('filed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['id'],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.AlterModelOptions(
            name='invoice',
            options={'ordering': ['id'], 'permissions': [('export_invoice', 'Can export invoices and credit notes')]},
        ),
        migrations.AddField(
            model_name='order',
            name='buyer_reference',
            field=models.CharField(blank=True, db_default='', default='', help_text='What the buyer wants to read on the bill.', max_length=100),
        ),
        migrations.AddField(
            model_name='order',
            name='tax_exemption',
            field=models.CharField(blank=True, choices=[('reverse_charge', 'Reverse charge'), ('intra_community', 'Intra-community supply'), ('export', 'Export outside the EU'), ('exempt', 'Exempt from tax')], db_default='', default='', help_text='Why lines with a rate of 0 bear no tax.', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='invoiceseries',
            constraint=models.UniqueConstraint(fields=('prefix', 'year'), name='invoice_series_prefix_once'),
        ),
        migrations.AddField(
            model_name='creditnotetax',
            name='credit_note',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taxes', to='orders.creditnote'),
        ),
        migrations.AddField(
            model_name='invoicetax',
            name='invoice',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='taxes', to='orders.invoice'),
        ),
        migrations.AddField(
            model_name='paperfile',
            name='credit_note',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='file', to='orders.creditnote'),
        ),
        migrations.AddField(
            model_name='paperfile',
            name='invoice',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='file', to='orders.invoice'),
        ),
        migrations.AddConstraint(
            model_name='creditnotetax',
            constraint=models.UniqueConstraint(fields=('credit_note', 'category', 'tax_rate'), name='credit_note_tax_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditnotetax',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='0bcddc397f198efc0b5a3873016298a32cab70ed', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7bb46', table='orders_creditnotetax', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='invoicetax',
            constraint=models.UniqueConstraint(fields=('invoice', 'category', 'tax_rate'), name='invoice_tax_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='invoicetax',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ba35244228077867bdd8859abbd339364db9526a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2d02d', table='orders_invoicetax', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='paperfile',
            index=models.Index(condition=models.Q(('status', 'owed')), fields=['due_at'], name='paper_file_due'),
        ),
        migrations.AddConstraint(
            model_name='paperfile',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['owed', 'filed'])), name='paper_file_status_legal'),
        ),
        migrations.AddConstraint(
            model_name='paperfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('credit_note__isnull', False), ('invoice__isnull', True)), models.Q(('credit_note__isnull', True), ('invoice__isnull', False)), _connector='OR'), name='paper_file_of_one_paper'),
        ),
        migrations.AddConstraint(
            model_name='paperfile',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'owed'), models.Q(('filed_at__isnull', False), ('size__gt', 0), ('status', 'filed'), models.Q(('sha256', ''), _negated=True)), _connector='OR'), name='paper_file_filed_whole'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paperfile',
            trigger=pgtrigger.compiler.Trigger(name='status_edges', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{owed:filed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='19a727d78b342d678081f6ebc81e5893be598eaf', operation='UPDATE', pgid='pgtrigger_status_edges_453e0', table='orders_paperfile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paperfile',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='cb4ba602a76111ea91434ffd7808f176f65f7309', operation='DELETE', pgid='pgtrigger_never_deleted_6bd6f', table='orders_paperfile', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paperfile',
            trigger=pgtrigger.compiler.Trigger(name='final', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."status" IN (\'filed\'))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='fa7ba136114eadeb61664d9c6af11e0c07824d03', operation='UPDATE', pgid='pgtrigger_final_12e88', table='orders_paperfile', when='BEFORE')),
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    model_name='invoice',
                    name='country',
                    field=models.CharField(blank=True, db_default='', default='', max_length=2),
                ),
                migrations.AddField(
                    model_name='invoice',
                    name='issued_on',
                    field=models.DateField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.datetime.Now(), models.DateField())),
                ),
            ],
            database_operations=[migrations.RunSQL(filled("orders_invoice"), emptied("orders_invoice"))],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddField(
                    model_name='creditnote',
                    name='country',
                    field=models.CharField(blank=True, db_default='', default='', max_length=2),
                ),
                migrations.AddField(
                    model_name='creditnote',
                    name='issued_on',
                    field=models.DateField(db_default=django.db.models.functions.comparison.Cast(django.db.models.functions.datetime.Now(), models.DateField())),
                ),
            ],
            database_operations=[migrations.RunSQL(filled("orders_creditnote"), emptied("orders_creditnote"))],
        ),
    ]
