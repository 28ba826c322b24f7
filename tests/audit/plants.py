"""Faults to plant past triggers and services, each with the checks that must see it.

``sql`` may name orders of the busy house: ``{completed}`` is a primary key. ``names`` is what the first check
must call it by: an SQL query or the text itself, or the start of it.
"""

from dataclasses import dataclass

LINE = "SELECT min(id) FROM orders_orderline WHERE order_id ="
NUMBER = "SELECT number FROM orders_order WHERE id ="
SHIPMENT = """SELECT public_id FROM shipping_shipment WHERE id IN (
    SELECT l.shipment_id FROM shipping_shipmentline l JOIN orders_orderline o ON o.id = l.line_id
    WHERE o.order_id = {})"""
MUG = "(SELECT id FROM orders_product WHERE sku = 'MUG')"
BER = "(SELECT id FROM warehouse_warehouse WHERE code = 'BER')"
OPEN_RETURN = "(SELECT id FROM returns_return WHERE order_id = {returned} AND status = 'approved')"
CLOSED_RETURN = "(SELECT id FROM returns_return WHERE order_id = {returned} AND status = 'closed')"


@dataclass(frozen=True)
class Plant:
    """One fault; ``seen_by`` are the names of the checks, the first of which is the one that it is about."""

    seen_by: str
    names: str
    sql: str


def movement(**deltas: int) -> str:
    """A movement of mugs in Berlin that nobody made."""
    values = {"on_hand_delta": 0, "allocated_delta": 0, "unavailable_delta": 0, "bin_delta": 0} | deltas
    return f"""
        INSERT INTO warehouse_stockmovement (public_id, kind, product_id, warehouse_id, {", ".join(values)},
            reason, actor_kind, actor_name, created_at)
        VALUES ('mv_planted', 'adjusted', {MUG}, {BER}, {", ".join(map(str, values.values()))}, '', 'system', '', now())
    """


def refund(amount: str, created: str) -> str:
    """A refund that was granted to the completed order, and then forgotten."""
    return f"""
        INSERT INTO orders_refund (public_id, order_id, status, currency, amount, reason, note, cause_kind, cause_id,
            granted_by, created_at)
        VALUES ('rf_planted', {{completed}}, 'granted', 'EUR', {amount}, '', '', '', '', '', {created})
    """


def renamed(order: str, event: str, other: str = "order.updated") -> str:
    """An event of ``order`` that says something else."""
    return f"UPDATE orders_orderevent SET type = '{other}' WHERE order_id = {{{order}}} AND type = '{event}'"


def emptied(order: str, event: str) -> str:
    """An event of ``order`` that tells of no units."""
    return f"""
        UPDATE orders_orderevent SET data = jsonb_set(data, '{{{{lines}}}}', '[]')
        WHERE order_id = {{{order}}} AND type = '{event}'
    """


def unsent(order: str, template: str) -> str:
    """A message that was never written down."""
    return f"DELETE FROM orders_notification WHERE order_id = {{{order}}} AND template = '{template}'"


SCHEMA = [
    Plant("triggers", "orders_order: status_edges", "ALTER TABLE orders_order DISABLE TRIGGER USER"),
    Plant(
        "constraints",
        "orders_orderline: order_line_money",
        "ALTER TABLE orders_orderline DROP CONSTRAINT order_line_money",
    ),
    Plant(
        "constraints",
        "orders_orderevent: order_event_seq_once",
        "ALTER TABLE orders_orderevent DROP CONSTRAINT order_event_seq_once",
    ),
    Plant(
        "references",
        "orders_feedback: ",
        """DO $$ BEGIN EXECUTE (SELECT 'ALTER TABLE orders_feedback DROP CONSTRAINT ' || min(conname)
            FROM pg_constraint WHERE conrelid = 'orders_feedback'::regclass AND contype = 'f'); END $$""",
    ),
]
LINES = [
    Plant(
        "lines_cancelled",
        f"{NUMBER} {{cancelled}}",
        f"DELETE FROM orders_ordercancellationline WHERE line_id = ({LINE} {{cancelled}})",
    ),
    Plant("events_cancelled", f"{NUMBER} {{cancelled}}", emptied("cancelled", "order.cancelled")),
    Plant(
        "line_amounts",
        f"{NUMBER} {{placed}}",
        "UPDATE orders_orderline SET order_discount = order_discount + 1 WHERE order_id = {placed}",
    ),
    Plant(
        "order_totals",
        f"{NUMBER} {{placed}}",
        "UPDATE orders_order SET items_total = items_total + 1, discount_total = discount_total + 1"
        " WHERE id = {placed}",
    ),
    Plant(
        "orders_have_lines sourcing_decisions",
        f"{NUMBER} {{placed}}",
        "DELETE FROM orders_orderline WHERE order_id = {placed}",
    ),
    Plant(
        "bundles",
        f"{NUMBER} {{bundle}}",
        "UPDATE orders_orderline SET picked = picked - 1 WHERE order_id = {bundle} AND kind = 'bundle'",
    ),
    Plant("preorders", "NOVEL", "UPDATE orders_product SET preorder_taken = preorder_taken + 1 WHERE sku = 'NOVEL'"),
    Plant("products_are_bundles", "GIFT", "UPDATE orders_product SET is_bundle = false WHERE sku = 'GIFT'"),
    Plant(
        "finished_orders_hold_nothing lines_allocated",
        f"{NUMBER} {{declined}}",
        "UPDATE orders_orderline SET allocated = 1 WHERE order_id = {declined}",
    ),
]
MONEY = [
    Plant(
        "one_currency",
        f"{NUMBER} {{completed}}",
        "UPDATE orders_payment SET currency = 'USD' WHERE order_id = {completed}",
    ),
    Plant(
        "payment_amounts",
        f"{NUMBER} {{completed}}",
        """UPDATE orders_paymenttransaction SET amount = amount + 1 WHERE kind = 'charge'
            AND payment_id IN (SELECT id FROM orders_payment WHERE order_id = {completed})""",
    ),
    Plant(
        "payment_statuses",
        f"{NUMBER} {{completed}}",
        "UPDATE orders_payment SET status = 'authorized' WHERE order_id = {completed}",
    ),
    Plant(
        "order_money",
        f"{NUMBER} {{authorized}}",
        "UPDATE orders_order SET authorized_total = authorized_total + 1 WHERE id = {authorized}",
    ),
    Plant(
        "money_in_order constraints",
        f"{NUMBER} {{completed}}",
        """ALTER TABLE orders_payment DROP CONSTRAINT payment_money_in_order;
            UPDATE orders_payment SET amount = amount - 1 WHERE order_id = {completed}""",
    ),
    Plant(
        "money_in_order constraints order_money derived_statuses",
        f"{NUMBER} {{completed}}",
        """ALTER TABLE orders_order DROP CONSTRAINT order_money_in_order;
            UPDATE orders_order SET refunded_total = captured_total + 1 WHERE id = {completed}""",
    ),
    Plant(
        "refund_amounts",
        f"{NUMBER} {{returned}}",
        """UPDATE orders_paymenttransaction SET refund_id = NULL
            WHERE refund_id IN (SELECT id FROM orders_refund WHERE order_id = {returned})""",
    ),
    Plant("refunds_are_covered", f"{NUMBER} {{completed}}", refund("9999", "now()")),
    Plant(
        "history_moved_no_money",
        f"{NUMBER} {{imported}}",
        "UPDATE orders_payment SET gateway = 'sandbox' WHERE order_id = {imported}",
    ),
]
PAPERS = [
    Plant(
        "document_numbers",
        "INV-",
        "UPDATE orders_invoiceseries SET next_number = next_number + 1 WHERE code = 'invoice'",
    ),
    Plant(
        "document_numbers",
        "CN-",
        """UPDATE orders_creditnote SET sequence = sequence + 1
            WHERE sequence = (SELECT max(sequence) FROM orders_creditnote)""",
    ),
    Plant(
        "invoice_totals paper_taxes",
        "SELECT number FROM orders_invoice WHERE order_id = {completed}",
        "UPDATE orders_invoice SET net = net + 1 WHERE order_id = {completed}",
    ),
    Plant(
        "credit_note_totals paper_taxes",
        "SELECT number FROM orders_creditnote WHERE order_id = {returned}",
        "UPDATE orders_creditnote SET net = net + 1 WHERE order_id = {returned}",
    ),
    Plant(
        "credited_totals",
        f"{NUMBER} {{cancelled}}",
        "UPDATE orders_order SET credited_total = credited_total + 1 WHERE id = {cancelled}",
    ),
    Plant(
        "billed_units",
        f"{NUMBER} {{shipped}}",
        f"UPDATE orders_invoiceline SET quantity = quantity + 1 WHERE line_id = ({LINE} {{shipped}})",
    ),
    Plant(
        "credited_units returns_are_refunded",
        f"{NUMBER} {{returned}}",
        """UPDATE orders_creditnoteline SET quantity = quantity + 50
            WHERE credit_note_id IN (SELECT id FROM orders_creditnote WHERE order_id = {returned})""",
    ),
    Plant(
        "paper_taxes",
        "SELECT number FROM orders_invoice WHERE order_id = {completed}",
        """UPDATE orders_invoicetax SET tax = tax + 1
            WHERE invoice_id IN (SELECT id FROM orders_invoice WHERE order_id = {completed})""",
    ),
    Plant(
        "paper_years",
        "SELECT number FROM orders_invoice WHERE order_id = {completed}",
        "UPDATE orders_invoice SET issued_on = issued_on - 400 WHERE order_id = {completed}",
    ),
    Plant(
        "papers_are_filed",
        "SELECT number FROM orders_creditnote WHERE order_id = {returned}",
        """DELETE FROM orders_paperfile
            WHERE credit_note_id IN (SELECT id FROM orders_creditnote WHERE order_id = {returned})""",
    ),
    Plant(
        "billed_in_full paper_taxes",
        f"{NUMBER} {{completed}}",
        """UPDATE orders_invoice SET total = total + 1, net = net + 1, shipping = shipping + 1
            WHERE order_id = {completed}""",
    ),
]
TIMELINE = [
    Plant(
        "derived_statuses",
        f"{NUMBER} {{placed}}",
        "UPDATE orders_order SET fulfillment_status = 'on_hold' WHERE id = {placed}",
    ),
    Plant(
        "event_sequence",
        f"{NUMBER} {{completed}}",
        """UPDATE orders_orderevent SET seq = seq + 1 WHERE id = (
            SELECT max(id) FROM orders_orderevent WHERE order_id = {completed})""",
    ),
    Plant(
        "event_actors",
        "SELECT public_id FROM orders_orderevent WHERE order_id = {placed} AND seq = 1",
        "UPDATE orders_orderevent SET actor_kind = 'ghost' WHERE order_id = {placed} AND seq = 1",
    ),
    Plant(
        "event_owners",
        f"{NUMBER} {{placed}}",
        "UPDATE orders_orderevent SET partner_id = (SELECT min(id) FROM orders_partner) WHERE order_id = {placed}",
    ),
    Plant("order_replay", f"{NUMBER} {{picking}}", renamed("picking", "order.confirmed")),
    Plant("money_replay", f"{NUMBER} {{completed}}", renamed("completed", "payment.captured")),
    Plant(
        "feed_positions",
        "",
        """UPDATE orders_orderevent SET feed_position = feed_position + 1
            WHERE feed_position = (SELECT max(feed_position) FROM orders_orderevent)""",
    ),
]
OUTBOX = [
    Plant("order_messages", f"{NUMBER} {{placed}}", unsent("placed", "orders/mail/placed")),
    Plant("order_messages", f"{NUMBER} {{cancelled}}", unsent("cancelled", "orders/mail/cancelled")),
    Plant("order_messages", f"{NUMBER} {{held}}", unsent("held", "orders/mail/held")),
    Plant("order_messages", f"{NUMBER} {{dearer}}", unsent("dearer", "orders/mail/changed")),
    Plant("order_messages", f"{NUMBER} {{let_go}}", unsent("let_go", "orders/mail/released")),
    Plant(
        "messages_tell_facts order_messages",
        "SELECT id FROM orders_notification WHERE order_id = {placed}",
        "UPDATE orders_notification SET change_set = gen_random_uuid() WHERE order_id = {placed}",
    ),
    Plant(
        "history_told_nobody order_messages",
        f"{NUMBER} {{imported}}",
        """UPDATE orders_notification SET order_id = {imported},
            change_set = (SELECT change_set FROM orders_orderevent WHERE order_id = {imported})
            WHERE order_id = {placed}""",
    ),
]
LIVENESS = [
    Plant(
        "submitted_orders",
        f"{NUMBER} {{declined}}",
        "UPDATE orders_order SET status = 'submitted', created_at = now() - interval '1 day' WHERE id = {declined}",
    ),
    Plant(
        "payments_in_time",
        f"{NUMBER} {{asked}}",
        """UPDATE orders_paymenttransaction SET due_at = now() - interval '1 hour' WHERE status = 'pending'
            AND payment_id IN (SELECT id FROM orders_payment WHERE order_id = {asked})""",
    ),
    Plant(
        "payments_in_time",
        f"{NUMBER} {{asked}}",
        """UPDATE orders_paymenttransaction SET lease_token = gen_random_uuid(), leased_until = now() + interval '1 day'
            WHERE status = 'pending' AND payment_id IN (SELECT id FROM orders_payment WHERE order_id = {asked})""",
    ),
    Plant(
        "messages_in_time",
        "SELECT id FROM orders_notification WHERE order_id = {placed}",
        "UPDATE orders_notification SET due_at = now() - interval '1 hour' WHERE order_id = {placed}",
    ),
    Plant(
        "messages_in_time",
        "SELECT id FROM orders_notification WHERE order_id = {placed}",
        "UPDATE orders_notification SET status = 'leased', lease_token = gen_random_uuid() WHERE order_id = {placed}",
    ),
    Plant(
        "notices_in_time",
        "evt_forgotten",
        """INSERT INTO orders_gatewaynotice (gateway, event_id, type, payment, ref, facts, status, error, attempts,
            due_at, received_at)
        VALUES ('stripe', 'evt_forgotten', 'x', '', '', '{{}}', 'pending', '', 0, now() - interval '1 hour', now())""",
    ),
    Plant(
        "jobs_in_time",
        "job_1",
        """INSERT INTO orders_job (public_id, kind, subject, format, status, is_streamed, is_personal, options, request,
                requested_by, file, file_name, rejects_file, done, total, report, error, attempts, created_at)
            VALUES ('job_1', 'export', 'orders.order', 'csv', 'queued', false, false, '{{}}', '{{}}', 'x', '', '', '',
                0, 0, '{{}}', '', 0, now() - interval '1 day')""",
    ),
    Plant(
        "holds_in_time",
        f"{NUMBER} {{held}}",
        "UPDATE orders_orderhold SET release_at = now() - interval '1 hour' WHERE order_id = {held}",
    ),
    Plant(
        "unpaid_orders",
        f"{NUMBER} {{placed}}",
        "UPDATE orders_order SET expires_at = now() - interval '1 hour' WHERE id = {placed}",
    ),
    Plant(
        "drafts_in_time",
        f"{NUMBER} {{draft}}",
        "UPDATE orders_draft SET reserve_until = now() - interval '1 hour' WHERE order_id = {draft}",
    ),
    Plant(
        "calls_in_time",
        "SELECT public_id FROM orders_draft WHERE order_id = {draft}",
        "UPDATE orders_draft SET call_back_at = now() - interval '1 hour' WHERE order_id = {draft}",
    ),
    Plant(
        "feed_in_time",
        "SELECT public_id FROM orders_orderevent WHERE order_id = {new} AND seq = 1",
        "UPDATE orders_orderevent SET occurred_at = now() - interval '1 hour' WHERE order_id = {new} AND seq = 1",
    ),
    Plant(
        "idempotency_keys",
        "lost",
        """WITH key AS (
            INSERT INTO orders_apikey (partner_id, name, prefix, key_hash, scopes, requests_per_minute, created_at)
            SELECT min(id), '', '', 'x', '{{}}', 1, now() FROM orders_partner RETURNING id
        ) INSERT INTO orders_idempotencykey (api_key_id, key, fingerprint, body, headers, created_at)
        SELECT id, 'lost', '', '', '{{}}', now() FROM key""",
    ),
    Plant(
        "paid_orders order_replay reserved_work",
        f"{NUMBER} {{authorized}}",
        "UPDATE orders_order SET status = 'placed', updated_at = now() - interval '1 day' WHERE id = {authorized}",
    ),
    Plant(
        "bills_are_captured",
        f"{NUMBER} {{uncaptured}}",
        """UPDATE orders_processexception SET status = 'resolved' WHERE order_id = {uncaptured};
            UPDATE orders_paymenttransaction SET status = 'failure' WHERE status = 'pending'
            AND payment_id IN (SELECT id FROM orders_payment WHERE order_id = {uncaptured})""",
    ),
    Plant("refunds_in_time", f"{NUMBER} {{completed}}", refund("0.01", "now() - interval '1 day'")),
    Plant(
        "delivered_orders order_replay",
        f"{NUMBER} {{completed}}",
        "UPDATE orders_order SET status = 'confirmed' WHERE id = {completed}",
    ),
]
STOCK = [
    Plant(
        "stock_levels",
        "MUG @ BER",
        f"UPDATE warehouse_stocklevel SET unavailable = unavailable + 1 WHERE product_id = {MUG}",
    ),
    Plant("stock_levels", "MUG @ BER", movement(unavailable_delta=1)),
    Plant(
        "bin_stock levels_by_bin",
        "MUG in BER ",
        f"""UPDATE warehouse_binstock SET on_hand = on_hand + 1
            WHERE id = (SELECT min(id) FROM warehouse_binstock WHERE product_id = {MUG})""",
    ),
    Plant(
        "sourcing_decisions",
        f"{NUMBER} {{placed}}",
        """INSERT INTO warehouse_sourcingdecision (order_id, cause, reason, created_at)
            SELECT {placed}, 'placement', json_build_object('takes', json_build_array(
                json_build_array((SELECT min(product_id) FROM orders_orderline WHERE order_id = {placed}), 'BER', 99)
            ))::jsonb, now()""",
    ),
    Plant(
        "levels_by_bin",
        "MUG @ BER",
        movement(on_hand_delta=1) + f"; UPDATE warehouse_stocklevel SET on_hand = on_hand + 1 WHERE product_id = {MUG}",
    ),
    Plant(
        "allocated_levels",
        "MUG @ BER",
        movement(allocated_delta=1)
        + f"; UPDATE warehouse_stocklevel SET allocated = allocated + 1 WHERE product_id = {MUG}",
    ),
    Plant(
        "never_oversold constraints",
        "MUG @ BER",
        "ALTER TABLE warehouse_stocklevel DROP CONSTRAINT stock_never_oversold;"
        + movement(unavailable_delta=1000)
        + f"; UPDATE warehouse_stocklevel SET unavailable = unavailable + 1000 WHERE product_id = {MUG}",
    ),
    Plant(
        "bins_picking",
        "MUG in BER ",
        f"""UPDATE warehouse_binstock SET picking = picking + 1
            WHERE id = (SELECT min(id) FROM warehouse_binstock WHERE product_id = {MUG})""",
    ),
    Plant(
        "lines_allocated sourced_units",
        f"{NUMBER} {{placed}}",
        """UPDATE orders_orderline SET allocated = allocated - 1 WHERE order_id = {placed};
            UPDATE orders_order SET placed_at = now() - interval '1 day' WHERE id = {placed}""",
    ),
    Plant(
        "lines_backordered backorder_supplies",
        f"{NUMBER} {{backordered}}",
        """UPDATE warehouse_backorder SET quantity = quantity + 1
            WHERE line_id IN (SELECT id FROM orders_orderline WHERE order_id = {backordered})""",
    ),
    Plant(
        "history_moved_no_stock",
        f"{NUMBER} {{imported}}",
        f"""UPDATE warehouse_stockmovement SET line_id = ({LINE} {{imported}})
            WHERE id = (SELECT min(id) FROM warehouse_stockmovement)""",
    ),
]
PO = "SELECT number FROM warehouse_purchaseorder WHERE status = '{}' ORDER BY id LIMIT 1"
PO_LINE = """(SELECT min(l.id) FROM warehouse_purchaseorderline l
    JOIN warehouse_purchaseorder o ON o.id = l.purchase_order_id WHERE o.status = '{}')"""
SUPPLY = [
    Plant(
        "incoming_stock",
        "MUG @ BER",
        f"UPDATE warehouse_stocklevel SET incoming = incoming + 1 WHERE product_id = {MUG}",
    ),
    Plant(
        "backorder_supplies",
        "SELECT public_id FROM warehouse_backorder WHERE status = 'promised'",
        "DELETE FROM warehouse_backordersupply",
    ),
    Plant(
        "deliveries_shared_out backorder_supplies",
        PO.format("acknowledged"),
        "UPDATE warehouse_backordersupply SET quantity = quantity + 100",
    ),
    Plant(
        "purchases_received receipts_booked put_away_tasks",
        PO.format("partially_received"),
        f"""UPDATE warehouse_receiptline SET accepted = accepted + 1
            WHERE purchase_line_id = {PO_LINE.format("partially_received")}""",
    ),
    Plant(
        "receipts_booked",
        "SELECT public_id FROM warehouse_receipt ORDER BY id LIMIT 1",
        """UPDATE warehouse_stockmovement SET reason = 'another'
            WHERE kind = 'received' AND reason = (SELECT public_id FROM warehouse_receipt ORDER BY id LIMIT 1)""",
    ),
    Plant(
        "purchase_statuses",
        PO.format("acknowledged"),
        "UPDATE warehouse_purchaseorder SET status = 'partially_received' WHERE status = 'acknowledged'",
    ),
    Plant(
        "put_away_tasks",
        "SELECT public_id FROM warehouse_receipt ORDER BY id LIMIT 1",
        "DELETE FROM warehouse_putawaytask WHERE id = (SELECT min(id) FROM warehouse_putawaytask)",
    ),
    Plant(
        "suppliers_in_time",
        "PO-",
        "UPDATE orders_processexception SET status = 'resolved' WHERE category = 'supplier_late'",
    ),
]
WORK = [
    Plant(
        "lines_picked",
        f"{NUMBER} {{picking}}",
        f"UPDATE warehouse_fulfillmentorderline SET picked = picked - 1 WHERE line_id = ({LINE} {{picking}})",
    ),
    Plant(
        "lines_packed packed_units",
        f"{NUMBER} {{packed}}",
        f"UPDATE warehouse_fulfillmentorderline SET packed = packed - 1 WHERE line_id = ({LINE} {{packed}})",
    ),
    Plant(
        "packed_units shipment_contents",
        f"{NUMBER} {{packed}}",
        f"""UPDATE warehouse_packageline SET quantity = quantity + 1 WHERE fulfillment_line_id = (
            SELECT id FROM warehouse_fulfillmentorderline WHERE line_id = ({LINE} {{packed}}))""",
    ),
    Plant(
        "picked_units",
        f"{NUMBER} {{picking}}",
        f"UPDATE warehouse_picktask SET picked = picked - 1 WHERE line_id = ({LINE} {{picking}})",
    ),
    Plant(
        "reserved_work",
        f"{NUMBER} {{authorized}}",
        f"UPDATE warehouse_fulfillmentorderline SET quantity = quantity + 1 WHERE line_id = ({LINE} {{authorized}})",
    ),
    Plant(
        "finished_work",
        f"{NUMBER} {{completed}}",
        "UPDATE warehouse_fulfillmentorder SET status = 'open' WHERE order_id = {completed}",
    ),
    Plant(
        "pick_lists",
        "SELECT public_id FROM warehouse_picklist WHERE status = 'picked' ORDER BY id LIMIT 1",
        """UPDATE warehouse_picklist SET status = 'released'
            WHERE id = (SELECT min(id) FROM warehouse_picklist WHERE status = 'picked')""",
    ),
    Plant(
        "waves",
        "SELECT public_id FROM warehouse_wave WHERE status = 'released'",
        "UPDATE warehouse_wave SET status = 'done' WHERE status = 'released'",
    ),
    Plant(
        "totes",
        "BER T-2",
        """UPDATE warehouse_tote t SET pick_list_id = x.picklist_id, fulfillment_order_id = x.fulfillmentorder_id
            FROM warehouse_picklist_fulfillment_orders x
            JOIN warehouse_fulfillmentorder f ON f.id = x.fulfillmentorder_id
            WHERE t.code = 'T-2' AND f.order_id = {completed}""",
    ),
    Plant(
        "tote_tasks",
        "SELECT public_id FROM warehouse_picklist WHERE kind = 'cluster'",
        """UPDATE warehouse_picktask SET tote_id = (SELECT id FROM warehouse_tote WHERE code = 'T-2')
            WHERE tote_id = (SELECT id FROM warehouse_tote WHERE code = 'T-1')""",
    ),
]
SHIPPING = [
    Plant(
        "lines_shipped shipment_contents",
        f"{NUMBER} {{shipped}}",
        f"UPDATE shipping_shipmentline SET quantity = quantity + 1 WHERE line_id = ({LINE} {{shipped}})",
    ),
    Plant(
        "lines_delivered shipment_contents lines_shipped",
        f"{NUMBER} {{completed}}",
        f"UPDATE shipping_shipmentline SET quantity = quantity + 1 WHERE line_id = ({LINE} {{completed}})",
    ),
    Plant(
        "lines_written_off shipment_contents lines_shipped",
        f"{NUMBER} {{came_back}}",
        f"UPDATE shipping_shipmentline SET quantity = quantity + 1 WHERE line_id = ({LINE} {{came_back}})",
    ),
    Plant("events_written_off", f"{NUMBER} {{came_back}}", emptied("came_back", "shipment.returned_to_sender")),
    Plant("events_shipped", f"{NUMBER} {{shipped}}", emptied("shipped", "shipment.dispatched")),
    Plant("events_delivered", f"{NUMBER} {{completed}}", emptied("completed", "shipment.delivered")),
    Plant(
        "shipment_packages packed_units",
        "pk_",
        """UPDATE warehouse_package SET status = 'labelled' WHERE fulfillment_order_id IN (
            SELECT id FROM warehouse_fulfillmentorder WHERE order_id = {shipped})""",
    ),
    Plant(
        "shipments_are_billed",
        SHIPMENT.format("{shipped}"),
        "UPDATE orders_invoice SET cause_id = 'another' WHERE order_id = {shipped}",
    ),
    Plant("shipment_replay", SHIPMENT.format("{packed}"), renamed("packed", "shipment.label_wanted")),
    Plant(
        "tracking",
        SHIPMENT.format("{shipped}"),
        f"""UPDATE shipping_shipment SET tracking_status = 'delivered'
            WHERE public_id = ({SHIPMENT.format("{shipped}")})""",
    ),
    Plant("shipment_messages", f"{NUMBER} {{shipped}}", unsent("shipped", "shipping/mail/dispatched")),
    Plant(
        "shipments_in_time",
        SHIPMENT.format("{packed}"),
        f"""UPDATE shipping_shipment SET due_at = now() - interval '1 hour'
            WHERE public_id = ({SHIPMENT.format("{packed}")})""",
    ),
    Plant(
        "parcels_are_shipped",
        f"{NUMBER} {{packed}}",
        f"""DELETE FROM shipping_shipmentpackage WHERE shipment_id = (
            SELECT id FROM shipping_shipment WHERE public_id = ({SHIPMENT.format("{packed}")}))""",
    ),
]
RETURNS = [
    Plant(
        "lines_return_requested units_return_once",
        f"{NUMBER} {{returned}}",
        f"UPDATE returns_returnline SET quantity = quantity + 1 WHERE return_request_id = {OPEN_RETURN}",
    ),
    Plant(
        "lines_returned return_lines",
        f"{NUMBER} {{returned}}",
        f"""UPDATE returns_returnline SET acceptance = 'pending'
            WHERE return_request_id = {CLOSED_RETURN} AND accepted = 0""",
    ),
    Plant("events_returned", f"{NUMBER} {{returned}}", emptied("returned", "return.received")),
    Plant(
        "returns_of_own_lines return_statuses",
        "SELECT public_id FROM returns_return WHERE order_id = {returned} AND status = 'approved'",
        f"UPDATE returns_return SET order_id = {{completed}} WHERE id = {OPEN_RETURN}",
    ),
    Plant(
        "returns_are_refunded lines_returned",
        "SELECT public_id FROM returns_return WHERE order_id = {returned} AND status = 'closed'",
        f"UPDATE returns_returnline SET accepted = 0 WHERE return_request_id = {CLOSED_RETURN}",
    ),
    Plant(
        "return_lines",
        "SELECT public_id FROM returns_return WHERE order_id = {returned} AND status = 'closed'",
        f"UPDATE returns_returnline SET reception = 'awaiting' WHERE return_request_id = {CLOSED_RETURN}",
    ),
    Plant(
        "return_replay",
        "SELECT public_id FROM returns_return WHERE order_id = {returned} AND status = 'approved'",
        f"UPDATE returns_return SET status = 'in_transit' WHERE id = {OPEN_RETURN}",
    ),
    Plant(
        "return_statuses",
        f"{NUMBER} {{completed}}",
        "UPDATE orders_order SET return_status = 'returned' WHERE id = {completed}",
    ),
    Plant("return_messages", f"{NUMBER} {{returned}}", unsent("returned", "returns/mail/closed")),
    Plant(
        "returns_in_time",
        "SELECT public_id FROM returns_return WHERE order_id = {returned} AND status = 'approved'",
        f"UPDATE returns_return SET expires_on = current_date - 10 WHERE id = {OPEN_RETURN}",
    ),
]
BY_GIFT = "(SELECT id FROM orders_payment WHERE order_id = {by_value} AND gateway = 'gift_card')"
VALUE = [
    Plant("balances", "SELECT public_id FROM orders_giftcard", "UPDATE orders_giftcard SET balance = balance + 1"),
    Plant(
        "value_taken",
        f"{NUMBER} {{by_value}}",
        f"""UPDATE orders_balancemovement SET payment_id = NULL WHERE payment_id = {BY_GIFT} AND kind = 'reserved'""",
    ),
    Plant(
        "refunds_credited",
        f"{NUMBER} {{by_value}}",
        "UPDATE orders_balancemovement SET kind = 'granted' WHERE kind = 'credited'",
    ),
    Plant(
        "value_owners",
        f"{NUMBER} {{by_value}}",
        "UPDATE orders_giftcard SET currency = 'USD'",
    ),
    Plant(
        "links_in_time",
        f"{NUMBER} {{linked}}",
        "UPDATE orders_paymentlink SET expires_at = now() - interval '1 day'",
    ),
]
PLANTS = [*SCHEMA, *LINES, *MONEY, *VALUE, *PAPERS, *TIMELINE, *OUTBOX, *LIVENESS]
PLANTS += [*STOCK, *SUPPLY, *WORK, *SHIPPING, *RETURNS]
