import django.db.models.expressions
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes are built, and old rows checked, beside the traffic."""

    atomic = False

    dependencies = [
        ('orders', '0025_bundles_preorders_digital'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='orderline',
            index=models.Index(condition=models.Q(('kind', 'goods'), ('ordered__gt', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('cancelled'), '+', models.F('allocated')), '+', models.F('backordered')), '+', models.F('shipped')))), fields=['order'], name='order_line_to_source'),
        ),
        AddIndexConcurrently(
            model_name='orderline',
            index=models.Index(condition=models.Q(('kind', 'digital'), ('ordered__gt', django.db.models.expressions.CombinedExpression(models.F('cancelled'), '+', models.F('shipped')))), fields=['order'], name='order_line_to_deliver'),
        ),
        AddIndexConcurrently(
            model_name='orderline',
            index=models.Index(condition=models.Q(('preordered__gt', 0)), fields=['product', 'order'], name='order_line_preordered'),
        ),
        AddIndexConcurrently(
            model_name='orderline',
            index=models.Index(condition=models.Q(('ships_on__isnull', False)), fields=['ships_on'], name='order_line_ships_on'),
        ),
        AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bundle_value', 0), ('parent', None), ('per_bundle', 0)), models.Q(('kind', 'goods'), ('parent__isnull', False), ('per_bundle__gte', 1), ('amount', 0), ('discount', 0), ('order_discount', 0), ('tax', 0), ('unit_price', 0)), _connector='OR'), name='order_line_component'),
        ),
        AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('preordered', 0), models.Q(('preordered__lte', django.db.models.expressions.CombinedExpression(models.F('ordered'), '-', models.F('cancelled'))), ('ships_on__isnull', False)), _connector='OR'), name='order_line_preordered_waits'),
        ),
        AddConstraintNotValid(
            model_name='orderline',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['goods', 'bundle', 'digital'])), name='order_line_kind_legal'),
        ),
        ValidateConstraint(
            model_name='orderline',
            name='order_line_component',
        ),
        ValidateConstraint(
            model_name='orderline',
            name='order_line_preordered_waits',
        ),
        ValidateConstraint(
            model_name='orderline',
            name='order_line_kind_legal',
        ),
        RemoveIndexConcurrently(
            model_name='orderline',
            name='order_line_unsourced',
        ),
    ]
