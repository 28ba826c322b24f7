"""Gift cards, store credit and their ledger; payment links; where a refund goes."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
import orders.kernel.guards
import orders.kernel.ids
import orders.models.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0011_hold_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='link_gateways',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=32), blank=True, default=list, help_text='What customers may choose on the page of a payment link, by code; empty: all that there are.', size=None),
        ),
        migrations.AddField(
            model_name='idempotencykey',
            name='payment',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='orders.payment'),
        ),
        migrations.AddField(
            model_name='refund',
            name='to',
            field=models.CharField(choices=[('original', 'The way it was paid'), ('store_credit', 'Store credit')], db_default='original', default='original', max_length=16),
        ),
        migrations.CreateModel(
            name='GiftCard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', orders.kernel.ids.PublicIdField(prefix='gc')),
                ('currency', models.CharField(max_length=3)),
                ('balance', orders.models.fields.AmountField(default=0)),
                ('code_hash', models.CharField(max_length=64, unique=True)),
                ('code_version', models.PositiveIntegerField(default=1)),
                ('tail', models.CharField(max_length=4)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('language', models.CharField(default='en', max_length=8)),
                ('note', models.TextField(blank=True)),
                ('issued_by', models.CharField(max_length=150)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('disabled_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.channel')),
            ],
            options={
                'ordering': ['-id'],
                'permissions': [('issue_gift_card', 'Can issue, top up, send and disable gift cards')],
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='gift_card',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='orders.giftcard'),
        ),
        migrations.CreateModel(
            name='PaymentLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', orders.kernel.ids.PublicIdField(prefix='pl')),
                ('status', orders.kernel.guards.StateField(choices=[('open', 'Open'), ('paid', 'Paid'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], default='open', max_length=32, protected=True)),
                ('currency', models.CharField(max_length=3)),
                ('amount', orders.models.fields.AmountField(blank=True, null=True)),
                ('note', models.TextField(blank=True)),
                ('sent_by', models.CharField(max_length=150)),
                ('expires_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payment_links', to='orders.order')),
            ],
            options={
                'ordering': ['-id'],
                'permissions': [('send_payment_link', 'Can send and cancel payment links')],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.AddField(
            model_name='payment',
            name='link',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='orders.paymentlink'),
        ),
        migrations.CreateModel(
            name='StoreCredit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', orders.kernel.ids.PublicIdField(prefix='sc')),
                ('currency', models.CharField(max_length=3)),
                ('balance', orders.models.fields.AmountField(default=0)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='store_credits', to='orders.customer')),
            ],
            options={
                'ordering': ['-id'],
                'permissions': [('grant_credit', 'Can give customers store credit')],
            },
        ),
        migrations.CreateModel(
            name='BalanceMovement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', orders.kernel.ids.PublicIdField(prefix='bm')),
                ('kind', models.CharField(choices=[('issued', 'Issued'), ('topped_up', 'Topped up'), ('granted', 'Granted'), ('reserved', 'Reserved for an order'), ('released', 'Reservation given back'), ('returned', 'Refunded'), ('credited', 'Refund paid as credit')], max_length=16)),
                ('amount', orders.models.fields.AmountField()),
                ('reason', models.CharField(blank=True, max_length=32)),
                ('note', models.TextField(blank=True)),
                ('actor_kind', models.CharField(max_length=16)),
                ('actor_name', models.CharField(blank=True, max_length=150)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='orders.payment')),
                ('refund', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='orders.refund')),
                ('gift_card', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='orders.giftcard')),
                ('store_credit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='movements', to='orders.storecredit')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.AddField(
            model_name='payment',
            name='store_credit',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='orders.storecredit'),
        ),
        AddConstraintNotValid(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gateway', 'gift_card'), ('gift_card__isnull', False), ('store_credit', None)), models.Q(('gateway', 'store_credit'), ('gift_card', None), ('store_credit__isnull', False)), models.Q(models.Q(('gateway__in', ['gift_card', 'store_credit']), _negated=True), ('gift_card', None), ('store_credit', None)), _connector='OR'), name='payment_taken_from'),
        ),
        migrations.AddConstraint(
            model_name='giftcard',
            constraint=models.CheckConstraint(condition=models.Q(('balance__gte', 0)), name='gift_card_balance_not_negative'),
        ),
        migrations.AddIndex(
            model_name='paymentlink',
            index=models.Index(condition=models.Q(('status', 'open')), fields=['expires_at'], name='payment_link_due'),
        ),
        migrations.AddConstraint(
            model_name='paymentlink',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['open', 'paid', 'cancelled', 'expired'])), name='payment_link_status_legal'),
        ),
        migrations.AddConstraint(
            model_name='paymentlink',
            constraint=models.CheckConstraint(condition=models.Q(('amount', None), ('amount__gt', 0), _connector='OR'), name='payment_link_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='paymentlink',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('order',), name='payment_link_open_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='paymentlink',
            trigger=pgtrigger.compiler.Trigger(name='status_edges', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{open:cancelled,open:expired,open:paid}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='a2f7a118ba996ee38a14bfb9b94cf7aebb0578a1', operation='UPDATE', pgid='pgtrigger_status_edges_d984e', table='orders_paymentlink', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='storecredit',
            constraint=models.UniqueConstraint(fields=('customer', 'currency'), name='store_credit_once'),
        ),
        migrations.AddConstraint(
            model_name='storecredit',
            constraint=models.CheckConstraint(condition=models.Q(('balance__gte', 0)), name='store_credit_balance_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='balancemovement',
            constraint=models.CheckConstraint(condition=models.Q(('amount', 0), _negated=True), name='balance_movement_moves'),
        ),
        migrations.AddConstraint(
            model_name='balancemovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gift_card__isnull', False), ('store_credit', None)), models.Q(('gift_card', None), ('store_credit__isnull', False)), _connector='OR'), name='balance_movement_of_one'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='balancemovement',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='10e00bfe74e39c5a23386015d68f5ab3b2c9d972', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_928ab', table='orders_balancemovement', when='BEFORE')),
        ),
    ]
