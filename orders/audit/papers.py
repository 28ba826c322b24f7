"""Papers: legal numbers without a gap, sums that add up, and exactly what left the house billed."""

from orders.kernel.audit import sql_check
from orders.states import PaperStatus

_SERIES = """
    SELECT s.prefix || s.year AS subject, s.next_number, d.issued, d.highest,
        (SELECT min(n) FROM generate_series(1, s.next_number - 1) n WHERE NOT EXISTS (
            SELECT FROM orders_invoice i WHERE i.series_id = s.id AND i.sequence = n
            UNION ALL SELECT FROM orders_creditnote c WHERE c.series_id = s.id AND c.sequence = n)) AS first_missing
    FROM orders_invoiceseries s
    LEFT JOIN (
        SELECT series_id, count(DISTINCT sequence) AS issued, min(sequence) AS lowest, max(sequence) AS highest
        FROM (
            SELECT series_id, sequence FROM orders_invoice UNION ALL SELECT series_id, sequence FROM orders_creditnote
        ) numbered GROUP BY series_id
    ) d ON d.series_id = s.id
    WHERE coalesce(d.issued, 0) <> s.next_number - 1 OR coalesce(d.highest, 0) <> s.next_number - 1 OR d.lowest <> 1
"""

_INVOICES = """
    SELECT i.number AS subject, i.net, i.tax, i.total, l.goods, l.tax AS lines_tax, i.shipping, i.shipping_tax
    FROM orders_invoice i
    JOIN orders_order o ON o.id = i.order_id
    LEFT JOIN (SELECT invoice_id, sum(amount) AS goods, sum(tax) AS tax FROM orders_invoiceline GROUP BY invoice_id) l
        ON l.invoice_id = i.id
    WHERE i.net + i.tax <> i.total OR i.tax <> coalesce(l.tax, 0) + i.shipping_tax
        OR i.total <> coalesce(l.goods, 0) + i.shipping + CASE WHEN o.prices_include_tax THEN 0 ELSE i.tax END
"""

_CREDIT_NOTES = """
    SELECT c.number AS subject, c.net, c.tax, c.total, l.goods, l.tax AS lines_tax, r.amount AS refund
    FROM orders_creditnote c
    JOIN orders_order o ON o.id = c.order_id
    LEFT JOIN orders_refund r ON r.id = c.refund_id
    LEFT JOIN (
        SELECT credit_note_id, sum(amount) AS goods, sum(tax) AS tax FROM orders_creditnoteline GROUP BY credit_note_id
    ) l ON l.credit_note_id = c.id
    WHERE c.net + c.tax <> c.total OR c.total < r.amount
        OR c.tax <> l.tax + c.shipping_tax
        OR c.total <> l.goods + c.shipping + CASE WHEN o.prices_include_tax THEN 0 ELSE c.tax END
"""

_CREDITED = """
    SELECT o.number AS subject, o.credited_total, c.credited
    FROM orders_order o
    LEFT JOIN (SELECT order_id, sum(total) AS credited FROM orders_creditnote GROUP BY order_id) c ON c.order_id = o.id
    WHERE o.credited_total <> coalesce(c.credited, 0) AND o.imported_at IS NULL
"""

_TAXES = """
    SELECT p.number AS subject, p.net, p.tax, coalesce(t.net, 0) AS nets, coalesce(t.tax, 0) AS taxes
    FROM (
        SELECT 'invoice' AS kind, id, number, net, tax FROM orders_invoice
        UNION ALL SELECT 'credit note', id, number, net, tax FROM orders_creditnote
    ) p
    LEFT JOIN (
        SELECT 'invoice' AS kind, invoice_id AS id, sum(net) AS net, sum(tax) AS tax FROM orders_invoicetax
        GROUP BY invoice_id
        UNION ALL SELECT 'credit note', credit_note_id, sum(net), sum(tax) FROM orders_creditnotetax
        GROUP BY credit_note_id
    ) t USING (kind, id)
    WHERE p.net <> coalesce(t.net, 0) OR p.tax <> coalesce(t.tax, 0)
"""

_SERIES_YEARS = """
    SELECT p.number AS subject, p.issued_on, s.year FROM (
        SELECT number, issued_on, series_id FROM orders_invoice
        UNION ALL SELECT number, issued_on, series_id FROM orders_creditnote
    ) p JOIN orders_invoiceseries s ON s.id = p.series_id
    WHERE extract(year FROM p.issued_on) <> s.year
"""

_FILES = """
    SELECT p.number AS subject, f.status, f.attempts FROM (
        SELECT number, id AS invoice_id, NULL::bigint AS credit_note_id, issued_at FROM orders_invoice
        UNION ALL SELECT number, NULL, id, issued_at FROM orders_creditnote
    ) p
    LEFT JOIN orders_paperfile f ON f.invoice_id = p.invoice_id OR f.credit_note_id = p.credit_note_id
    WHERE f.id IS NULL OR (f.status = %(owed)s AND p.issued_at < now() - %(overdue)s::interval
        AND f.created_at < now() - %(overdue)s::interval)
"""

_BILLED_UNITS = """
    SELECT o.number AS subject, l.sku, l.shipped, coalesce(i.units, 0) AS billed
    FROM orders_orderline l
    LEFT JOIN (SELECT line_id, sum(quantity) AS units FROM orders_invoiceline GROUP BY line_id) i ON i.line_id = l.id
    JOIN orders_order o ON o.id = l.order_id
    WHERE l.kind <> 'bundle' AND (l.shipped > coalesce(i.units, 0) OR coalesce(i.units, 0) > l.ordered - l.cancelled)
        AND o.imported_at IS NULL
"""

_CREDITED_UNITS = """
    SELECT (SELECT o.number FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id WHERE l.id = c.line_id)
        AS subject, c.line_id AS line, c.units AS credited, coalesce(i.units, 0) AS billed
    FROM (SELECT line_id, sum(quantity) AS units FROM orders_creditnoteline GROUP BY line_id) c
    LEFT JOIN (SELECT line_id, sum(quantity) AS units FROM orders_invoiceline GROUP BY line_id) i USING (line_id)
    WHERE c.units > coalesce(i.units, 0)
"""

_BILLED_IN_FULL = """
    SELECT o.number AS subject, o.total, coalesce(i.billed, 0) AS billed
    FROM orders_order o
    JOIN (
        SELECT order_id FROM orders_orderline WHERE kind <> 'bundle' GROUP BY order_id
        HAVING sum(ordered - cancelled) > 0 AND sum(ordered - cancelled - shipped) = 0
    ) left_the_house ON left_the_house.order_id = o.id
    LEFT JOIN (SELECT order_id, sum(total) AS billed FROM orders_invoice GROUP BY order_id) i ON i.order_id = o.id
    WHERE o.imported_at IS NULL AND o.total <> coalesce(i.billed, 0)
"""

PAPERS = (
    sql_check("document_numbers", "Invoices and credit notes are numbered without a gap.", _SERIES),
    sql_check("invoice_totals", "An invoice is the sum of its lines and its shipping.", _INVOICES),
    sql_check("credit_note_totals", "A credit note is the sum of its lines, and at least its refund.", _CREDIT_NOTES),
    sql_check("credited_totals", "What an order was credited is the sum of its credit notes.", _CREDITED),
    sql_check("paper_taxes", "The taxes of a paper, rate by rate, come to its net and its tax.", _TAXES),
    sql_check("paper_years", "A paper's number is of the year that it was issued in.", _SERIES_YEARS),
    sql_check("papers_are_filed", "Every paper has its file, or gets it soon.", _FILES, owed=PaperStatus.OWED.value),
    sql_check("billed_units", "All units that left are billed, and none that the customer didn't buy.", _BILLED_UNITS),
    sql_check("credited_units", "No unit is credited that wasn't billed.", _CREDITED_UNITS),
    sql_check("billed_in_full", "The invoices of an order that left as a whole make its total.", _BILLED_IN_FULL),
)
