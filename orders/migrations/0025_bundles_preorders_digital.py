import django.db.models.deletion
import django.db.models.expressions
import orders.models.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a line of an order is; columns with a default of the database, so that old code goes on."""

    dependencies = [
        ('orders', '0024_drafts_and_contacts'),
    ]

    operations = [
        migrations.CreateModel(
            name='BundleComponent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('quantity', models.PositiveIntegerField(default=1, help_text='Units in one bundle.')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='DigitalCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sealed', models.BinaryField(help_text="The code, encrypted by the house's secret key.")),
                ('fingerprint', models.CharField(max_length=64)),
                ('given_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='DigitalGood',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.URLField(blank=True, max_length=500, verbose_name='download link')),
                ('text', models.TextField(blank=True, help_text="How to use it, or the licence's words.", max_length=5000)),
                ('uses_codes', models.BooleanField(default=False, help_text='Each unit takes one code out of the pool.')),
            ],
        ),
        migrations.AddField(
            model_name='channel',
            name='ships_together',
            field=models.BooleanField(db_default=False, default=False, help_text='An order with a preorder waits for its day as a whole; else the rest leaves at once.'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='bundle_value',
            field=orders.models.fields.AmountField(db_default=0, default=0, help_text="What those units cost by themselves: their share of the bundle's money."),
        ),
        migrations.AddField(
            model_name='orderline',
            name='kind',
            field=models.CharField(choices=[('goods', 'Goods'), ('bundle', 'Bundle'), ('digital', 'Digital')], db_default='goods', default='goods', max_length=16),
        ),
        migrations.AddField(
            model_name='orderline',
            name='per_bundle',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Units of a component in one bundle; 0: it is none.'),
        ),
        migrations.AddField(
            model_name='orderline',
            name='preordered',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text="Units that count against the product's preorder cap."),
        ),
        migrations.AddField(
            model_name='orderline',
            name='ships_on',
            field=models.DateField(blank=True, help_text="It doesn't leave before this day; empty once the day has come.", null=True),
        ),
        migrations.AddField(
            model_name='product',
            name='is_bundle',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='It has components, which are what leaves.'),
        ),
        migrations.AddField(
            model_name='product',
            name='is_digital',
            field=models.BooleanField(db_default=False, default=False, help_text='It needs no warehouse: it is delivered by mail once it is paid.'),
        ),
        migrations.AddField(
            model_name='product',
            name='preorder_cap',
            field=models.PositiveIntegerField(blank=True, help_text='The most units that may be preordered; empty: any number.', null=True),
        ),
        migrations.AddField(
            model_name='product',
            name='preorder_taken',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False, help_text='Units preordered that wait for their day.'),
        ),
        migrations.AlterField(
            model_name='product',
            name='preorder_ships_on',
            field=models.DateField(blank=True, help_text='Orders before this day are preorders: they leave from this day on.', null=True),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(('preorder_cap', None), ('preorder_taken__lte', models.F('preorder_cap')), _connector='OR'), name='product_preorder_cap'),
        ),
        migrations.AddConstraint(
            model_name='product',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('is_bundle', False), ('is_digital', False)), models.Q(('is_bundle', False), ('preorder_ships_on', None)), models.Q(('is_digital', False), ('preorder_ships_on', None)), _connector='OR'), name='product_one_kind'),
        ),
        migrations.AddField(
            model_name='bundlecomponent',
            name='bundle',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='components', to='orders.product'),
        ),
        migrations.AddField(
            model_name='bundlecomponent',
            name='component',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='part_of', to='orders.product'),
        ),
        migrations.AddField(
            model_name='digitalcode',
            name='line',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='digital_codes', to='orders.orderline'),
        ),
        migrations.AddField(
            model_name='digitalgood',
            name='product',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='digital_good', to='orders.product'),
        ),
        migrations.AddField(
            model_name='digitalcode',
            name='good',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='orders.digitalgood'),
        ),
        migrations.AddConstraint(
            model_name='bundlecomponent',
            constraint=models.UniqueConstraint(fields=('bundle', 'component'), name='bundle_component_once'),
        ),
        migrations.AddConstraint(
            model_name='bundlecomponent',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 1)), name='bundle_component_units'),
        ),
        migrations.AddConstraint(
            model_name='bundlecomponent',
            constraint=models.CheckConstraint(condition=models.Q(('bundle', models.F('component')), _negated=True), name='bundle_component_not_itself'),
        ),
        migrations.AddConstraint(
            model_name='digitalgood',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('url', ''), _negated=True), models.Q(('text', ''), _negated=True), ('uses_codes', True), _connector='OR'), name='digital_good_delivers', violation_error_message='Give a link, words or codes: something must be delivered.'),
        ),
        migrations.AddIndex(
            model_name='digitalcode',
            index=models.Index(condition=models.Q(('line', None)), fields=['good', 'id'], name='digital_code_free'),
        ),
        migrations.AddConstraint(
            model_name='digitalcode',
            constraint=models.UniqueConstraint(fields=('good', 'fingerprint'), name='digital_code_once'),
        ),
        migrations.AddConstraint(
            model_name='digitalcode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('given_at', None), ('line', None)), models.Q(('given_at__isnull', False), ('line__isnull', False)), _connector='OR'), name='digital_code_given'),
        ),
    ]
