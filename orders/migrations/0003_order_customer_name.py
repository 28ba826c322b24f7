from django.db import migrations, models


class Migration(migrations.Migration):
    """A column with a default that stays in the database: no row is rewritten, and older programs may go on inserting."""

    dependencies = [
        ('orders', '0002_access_code'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='customer_name',
            field=models.CharField(blank=True, db_default='', default='', help_text='As it was given with this order; the customer may have given others another one.', max_length=255),
        ),
    ]
