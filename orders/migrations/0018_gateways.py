import django.db.models.deletion
import django.db.models.functions.datetime
import django_fsm
import orders.kernel.guards
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    """Notices of gateways, capture policies, payments that renew others, refunds that come back."""

    dependencies = [
        ('orders', '0017_fill_papers'),
    ]

    operations = [
        migrations.CreateModel(
            name='GatewayNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=32)),
                ('event_id', models.CharField(max_length=255)),
                ('type', models.CharField(max_length=100)),
                ('payment', models.CharField(blank=True, max_length=24)),
                ('ref', models.CharField(blank=True, max_length=255)),
                ('facts', models.JSONField(default=dict)),
                ('status', orders.kernel.guards.StateField(choices=[('pending', 'Pending'), ('processed', 'Processed'), ('parked', 'Parked'), ('failed', 'Failed')], default='pending', max_length=32, protected=True)),
                ('error', models.CharField(blank=True, max_length=255)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('received_at', models.DateTimeField(auto_now_add=True)),
                ('processed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
                'permissions': [('process_notice', "Can process a gateway's news again")],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='refund',
            name='status_edges',
        ),
        migrations.AddField(
            model_name='channel',
            name='capture_at',
            field=models.CharField(choices=[('placement', 'At placement'), ('confirmation', 'At confirmation'), ('dispatch', 'At dispatch')], db_default='dispatch', default='dispatch', help_text="When reserved money is taken. At dispatch: each parcel's bill when it leaves.", max_length=16),
        ),
        migrations.AddField(
            model_name='payment',
            name='page_ref',
            field=models.CharField(blank=True, db_default='', default='', max_length=255),
        ),
        migrations.AddField(
            model_name='payment',
            name='renews',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='renewals', db_index=False, to='orders.payment'),
        ),
        migrations.AddField(
            model_name='payment',
            name='checked_at',
            field=models.DateTimeField(blank=True, help_text="When the gateway's books were last compared.", null=True),
        ),
        migrations.AlterField(
            model_name='paymenttransaction',
            name='kind',
            field=models.CharField(choices=[('authorization', 'Authorization'), ('charge', 'Charge'), ('refund', 'Refund'), ('void', 'Void'), ('chargeback', 'Chargeback'), ('reversal', 'Reversal'), ('cancellation', 'Cancellation')], max_length=16),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refund',
            trigger=pgtrigger.compiler.Trigger(name='status_edges', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{failed:cancelled,failed:pending,granted:cancelled,granted:pending,pending:failed,pending:succeeded,succeeded:failed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='facae2ba23a38e3c340b01f3eb1c4e20f5b53ab1', operation='UPDATE', pgid='pgtrigger_status_edges_53250', table='orders_refund', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='gatewaynotice',
            index=models.Index(condition=models.Q(('status', 'pending')), fields=['due_at'], name='notice_due'),
        ),
        migrations.AddIndex(
            model_name='gatewaynotice',
            index=models.Index(condition=models.Q(('payment', ''), _negated=True), fields=['payment'], name='notice_payment'),
        ),
        migrations.AddConstraint(
            model_name='gatewaynotice',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'processed', 'parked', 'failed'])), name='notice_status_legal'),
        ),
        migrations.AddConstraint(
            model_name='gatewaynotice',
            constraint=models.UniqueConstraint(fields=('gateway', 'event_id'), name='notice_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='gatewaynotice',
            trigger=pgtrigger.compiler.Trigger(name='status_edges', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{failed:pending,parked:pending,pending:failed,pending:parked,pending:processed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='2dec6e1f142b608887a1442160ef69f7bccd9558', operation='UPDATE', pgid='pgtrigger_status_edges_8ac53', table='orders_gatewaynotice', when='BEFORE')),
        ),
    ]
