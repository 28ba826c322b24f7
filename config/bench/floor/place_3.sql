-- A lean placement of 3 lines of spread products: 8 statements in 8 round trips.
\set a random(1, 3300)
\set b random(3301, 6600)
\set c random(6601, 10000)
\set customer random(1, 100000)
BEGIN;
INSERT INTO floor.orders (number, idem_key, channel_id, customer_id, currency, subtotal, shipping, tax, total, email, ship_to)
VALUES (gen_random_uuid()::text, gen_random_uuid(), 1, :customer, 'EUR', 60.00, 5.00, 6.50, 71.50,
        'c' || :customer || '@example.com',
        '{"name":"Ann Bell","line1":"1 Main St","city":"Springfield","zip":"12345","country":"US"}') RETURNING id AS order_id \gset
INSERT INTO floor.order_line (order_id, stock_id, sku, title, qty, unit_price, tax, total) VALUES
 (:order_id, :a, 'SKU-' || :a, 'Thing', 1, 10.00, 1.00, 10.00),
 (:order_id, :b, 'SKU-' || :b, 'Thing', 2, 10.00, 2.00, 20.00),
 (:order_id, :c, 'SKU-' || :c, 'Thing', 3, 10.00, 3.00, 30.00);
WITH want (id, qty) AS (VALUES (:a::bigint, 1), (:b::bigint, 2), (:c::bigint, 3)),
     locked AS MATERIALIZED (SELECT s.id FROM floor.stock s WHERE s.id IN (:a, :b, :c) ORDER BY s.id FOR NO KEY UPDATE),
     taken AS (UPDATE floor.stock s SET reserved = s.reserved + w.qty FROM want w JOIN locked USING (id)
               WHERE s.id = w.id AND s.on_hand - s.reserved >= w.qty RETURNING 1)
SELECT count(*) AS taken FROM taken \gset
\if :taken = 3
INSERT INTO floor.stock_ledger (stock_id, order_id, kind, qty) VALUES (:a, :order_id, 1, 1), (:b, :order_id, 1, 2), (:c, :order_id, 1, 3);
INSERT INTO floor.payment (order_id, provider, ref, amount, state) VALUES (:order_id, 'dummy', gen_random_uuid()::text, 71.50, 1);
INSERT INTO floor.outbox (topic, key, payload) VALUES ('order.placed', :order_id, '{"v":1,"total":"71.50","currency":"EUR","lines":3}');
COMMIT;
\else
ROLLBACK;
\endif
