"""Hold rules, holds that name theirs, unpaid orders that expire, and questions that keep facts instead of words."""

import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.text
import orders.models.fields
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0009_rename_updates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HoldRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True)),
                ('kind', models.CharField(choices=[('amount_above', 'Amount above a limit'), ('first_order_above', "A customer's first order above a limit"), ('velocity', 'Too much within a time'), ('country_mismatch', 'Bill and delivery go to different countries'), ('countries', 'Certain countries'), ('address_incomplete', 'Incomplete delivery address'), ('products', 'Certain products, categories or tags'), ('blocked_contact', 'Blocked mail addresses and domains')], max_length=32)),
                ('reason', models.CharField(choices=[('awaiting_payment', 'Awaiting payment'), ('fraud_review', 'Fraud review'), ('address', 'Address'), ('out_of_stock', 'Out of stock'), ('awaiting_return', 'Awaiting return'), ('customer_request', 'Customer request'), ('other', 'Other')], default='fraud_review', max_length=32)),
                ('priority', models.PositiveSmallIntegerField(default=100, help_text='The lowest number is looked at first.')),
                ('is_active', models.BooleanField(default=True)),
                ('release_after_hours', models.PositiveIntegerField(blank=True, help_text='Empty: until a person releases it.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(8760)])),
                ('amount', models.DecimalField(blank=True, help_text='Orders that come to more are held.', decimal_places=3, validators=[django.core.validators.MinValueValidator(0)], max_digits=15, null=True)),
                ('currency', models.CharField(blank=True, help_text='Orders in other currencies pass: make one rule for each.', max_length=3)),
                ('counted', models.CharField(blank=True, choices=[('orders', 'Orders'), ('cards', 'Different means of payment'), ('addresses', 'Different delivery addresses')], max_length=16)),
                ('times', models.PositiveSmallIntegerField(blank=True, help_text='From this many on, the new order included.', null=True, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(1000)])),
                ('same', models.CharField(blank=True, choices=[('customer', 'customer'), ('email', 'mail address'), ('phone', 'phone number'), ('address', 'delivery address')], max_length=16)),
                ('within_hours', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(8760)])),
                ('countries', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, help_text='ISO codes of bill or delivery.', size=None)),
                ('skus', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, help_text='A * at the end stands for any ending.', size=None)),
                ('categories', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, help_text="As «category» of a product's data.", size=None)),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), blank=True, default=list, help_text="Of a product's data, or of the order.", size=None)),
                ('only_lines', models.BooleanField(default=False, help_text='Hold only the lines with such products.')),
                ('contacts', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=254), blank=True, default=list, help_text='Addresses, or domains: @example.com', size=None)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'ordering': ['priority', 'id'],
            },
        ),
        migrations.CreateModel(
            name='HoldRuleChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('changed_by', models.CharField(max_length=150)),
                ('changed_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AlterModelOptions(
            name='order',
            options={'ordering': ['-created_at', '-id'], 'permissions': [('confirm_order', 'Can confirm an order by hand'), ('hold_order', 'Can hold and release orders'), ('cancel_order', 'Can cancel orders or parts of them'), ('extend_order', 'Can give unpaid orders more time'), ('annotate_order', "Can change an order's note and tags")]},
        ),
        migrations.RemoveConstraint(
            model_name='ordercancellation',
            name='cancellation_reason_legal',
        ),
        migrations.AddField(
            model_name='channel',
            name='hold_rules_version',
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), default=uuid.uuid4, editable=False, help_text='Another one whenever a hold rule that counts here was changed.'),
        ),
        migrations.AddField(
            model_name='channel',
            name='reminder_hours_before_expiry',
            field=models.PositiveIntegerField(blank=True, help_text='The customer is reminded once, this long before it expires. Empty: not at all.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(8760)]),
        ),
        migrations.AddField(
            model_name='channel',
            name='unpaid_expires_after_hours',
            field=models.PositiveIntegerField(blank=True, help_text='Orders that nobody paid expire after this time, and their goods are free again. Empty: never.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(8760)]),
        ),
        migrations.AddField(
            model_name='order',
            name='expires_at',
            field=models.DateTimeField(blank=True, help_text="When it expires unless it is paid or approved; empty: it doesn't.", null=True),
        ),
        migrations.AddField(
            model_name='order',
            name='reminded_at',
            field=models.DateTimeField(blank=True, help_text='When the customer was reminded to pay.', null=True),
        ),
        migrations.AddField(
            model_name='orderhold',
            name='facts',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='processexception',
            name='escalated_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='processexception',
            name='facts',
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name='processexception',
            name='snooze_note',
            field=models.CharField(blank=True, db_default='', default='', max_length=255),
        ),
        migrations.AddField(
            model_name='processexception',
            name='snoozed_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='notification',
            name='recipient',
            field=models.CharField(default='customer', max_length=264),
        ),
        migrations.AlterField(
            model_name='ordercancellation',
            name='reason',
            field=models.CharField(choices=[('customer', 'Customer'), ('fraud', 'Fraud'), ('inventory', 'Inventory'), ('unpaid', 'Not paid in time'), ('staff', 'Staff'), ('other', 'Other')], max_length=16),
        ),
        migrations.AlterField(
            model_name='processexception',
            name='next_action',
            field=models.CharField(blank=True, db_default='', default='', max_length=255),
        ),
        migrations.AlterField(
            model_name='processexception',
            name='summary',
            field=models.CharField(blank=True, db_default='', default='', max_length=255),
        ),
        migrations.AddConstraint(
            model_name='channel',
            constraint=models.CheckConstraint(condition=models.Q(('reminder_hours_before_expiry', None), ('unpaid_expires_after_hours__gt', models.F('reminder_hours_before_expiry')), _connector='OR'), name='channel_reminder_before_expiry', violation_error_message='The reminder must come before the order expires.'),
        ),
        migrations.AddConstraint(
            model_name='ordercancellation',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['customer', 'fraud', 'inventory', 'unpaid', 'staff', 'other'])), name='cancellation_reason_legal'),
        ),
        migrations.AddField(
            model_name='holdrule',
            name='channel',
            field=models.ForeignKey(blank=True, help_text='Empty: all.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='hold_rules', to='orders.channel'),
        ),
        migrations.AddField(
            model_name='orderhold',
            name='rule',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='orders.holdrule'),
        ),
        migrations.AddField(
            model_name='holdrulechange',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='orders.holdrule'),
        ),
        migrations.AddConstraint(
            model_name='holdrule',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['amount_above', 'first_order_above', 'velocity', 'country_mismatch', 'countries', 'address_incomplete', 'products', 'blocked_contact'])), name='hold_rule_kind_legal'),
        ),
        migrations.AddConstraint(
            model_name='holdrule',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['awaiting_payment', 'fraud_review', 'address', 'out_of_stock', 'awaiting_return', 'customer_request', 'other'])), name='hold_rule_reason_legal'),
        ),
        migrations.AddConstraint(
            model_name='holdrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['amount_above', 'first_order_above']), _negated=True), models.Q(('amount__gte', 0), ('amount__isnull', False), models.Q(('currency', ''), _negated=True)), _connector='OR'), name='hold_rule_amount'),
        ),
        migrations.AddConstraint(
            model_name='holdrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'velocity'), _negated=True), models.Q(('counted__in', ['orders', 'cards', 'addresses']), ('same__in', ['customer', 'email', 'phone', 'address']), ('times__gte', 2), ('times__isnull', False), ('within_hours__gte', 1), ('within_hours__isnull', False)), _connector='OR'), name='hold_rule_velocity'),
        ),
        migrations.AddField(
            model_name='processexception',
            name='urgency',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(severity='high', then=models.Value(0)), models.When(severity='medium', then=models.Value(1)), default=models.Value(2)), output_field=models.SmallIntegerField()),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='holdrulechange',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='e1c5129525d6b6825e89686c961eb06b5ee85cb5', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_8a04f', table='orders_holdrulechange', when='BEFORE')),
        ),
    ]
