"""A channel's time zone, series of legal papers and seller in parts; the address that was typed is taken apart."""

import re

import django.core.validators
import orders.models.channel
from babel import Locale
from django.db import migrations, models

CODES = {name: code for code, name in Locale("en").territories.items() if len(code) == 2}
PLACE = re.compile(r"(?P<code>(?:[A-Z]{1,2}-)?\d[\d -]{2,9}\d)\s+(?P<city>\D.*)")


def take_apart(apps, schema_editor):
    """Street, place and country of ``seller_address``; what isn't understood stays in the street."""
    channels = apps.get_model("orders", "Channel").objects.using(schema_editor.connection.alias)
    for channel in channels.exclude(seller_address=""):
        lines = [line.strip() for line in channel.seller_address.splitlines() if line.strip()]
        if lines and (lines[-1] in CODES or lines[-1] in CODES.values()):
            channel.seller_country = CODES.get(lines[-1], lines[-1])
            lines.pop()
        place = PLACE.fullmatch(lines[-1]) if lines else None
        if place:
            channel.seller_postal_code, channel.seller_city = place["code"], place["city"][:100]
            lines.pop()
        channel.seller_street = "\n".join(lines)[:200]
        channel.save(update_fields=["seller_street", "seller_postal_code", "seller_city", "seller_country"])


def put_together(apps, schema_editor):
    """The parts as the lines that they were."""
    channels = apps.get_model("orders", "Channel").objects.using(schema_editor.connection.alias)
    for channel in channels.all():
        place = f"{channel.seller_postal_code} {channel.seller_city}".strip()
        lines = [*channel.seller_street.splitlines(), place, channel.seller_country]
        channel.seller_address = "\n".join(line for line in lines if line)
        channel.save(update_fields=["seller_address"])


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0013_payments_by_value'),
    ]

    operations = [
        migrations.AddField(
            model_name='channel',
            name='credit_note_prefix',
            field=models.CharField(default='CN-', max_length=16, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9-]+$', 'Use letters, digits and hyphens: it is part of file names.')]),
        ),
        migrations.AddField(
            model_name='channel',
            name='credit_note_series',
            field=models.SlugField(default='credit_note', max_length=32),
        ),
        migrations.AddField(
            model_name='channel',
            name='e_invoice',
            field=models.CharField(choices=[('off', 'Nothing'), ('en16931', 'EN 16931: Factur-X, ZUGFeRD')], default='off', max_length=16),
        ),
        migrations.AddField(
            model_name='channel',
            name='invoice_prefix',
            field=models.CharField(default='INV-', max_length=16, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9-]+$', 'Use letters, digits and hyphens: it is part of file names.')]),
        ),
        migrations.AddField(
            model_name='channel',
            name='invoice_series',
            field=models.SlugField(default='invoice', help_text='Channels of one seller may share a run of numbers.', max_length=32),
        ),
        migrations.AddField(
            model_name='channel',
            name='papers_by_mail',
            field=models.CharField(choices=[('link', "On the order's page"), ('attach', 'Attached to a mail')], default='link', help_text='Whether customers get invoices and credit notes as a mail with the PDF, or find them on their page.', max_length=8),
        ),
        migrations.AddField(
            model_name='channel',
            name='seller_bank',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='channel',
            name='seller_bic',
            field=models.CharField(blank=True, max_length=11),
        ),
        migrations.AddField(
            model_name='channel',
            name='seller_city',
            field=models.CharField(blank=True, max_length=100),
        ),
        migrations.AddField(
            model_name='channel',
            name='seller_country',
            field=models.CharField(blank=True, max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}$', "Give the country's two letters.")]),
        ),
        migrations.AddField(
            model_name='channel',
            name='seller_iban',
            field=models.CharField(blank=True, max_length=34),
        ),
        migrations.AddField(
            model_name='channel',
            name='seller_postal_code',
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name='channel',
            name='seller_registration',
            field=models.CharField(blank=True, help_text='Register, number and directors, as the law wants them on letters.', max_length=200),
        ),
        migrations.AddField(
            model_name='channel',
            name='seller_street',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='channel',
            name='seller_tax_number',
            field=models.CharField(blank=True, help_text='The local one, of the tax office.', max_length=32),
        ),
        migrations.AddField(
            model_name='channel',
            name='timezone',
            field=models.CharField(default=orders.models.channel.house_timezone, help_text='Of the seller: legal dates and the dates that customers read follow it.', max_length=64, validators=[orders.models.channel.check_timezone]),
        ),
        migrations.RunPython(take_apart, put_together),
        migrations.RemoveField(
            model_name='channel',
            name='seller_address',
        ),
    ]
