-- The same for 30 lines: still 8 statements, each of them for all lines at once.
\set a random(1, 330)
\set customer random(1, 100000)
BEGIN;
INSERT INTO floor.orders (number, idem_key, channel_id, customer_id, currency, subtotal, shipping, tax, total, email, ship_to)
VALUES (gen_random_uuid()::text, gen_random_uuid(), 1, :customer, 'EUR', 600.00, 5.00, 60.50, 665.50,
        'c' || :customer || '@example.com',
        '{"name":"Ann Bell","line1":"1 Main St","city":"Springfield","zip":"12345","country":"US"}') RETURNING id AS order_id \gset
INSERT INTO floor.order_line (order_id, stock_id, sku, title, qty, unit_price, tax, total)
SELECT :order_id, :a + 330 * i, 'SKU-' || :a + 330 * i, 'Thing', 2, 10.00, 2.00, 20.00 FROM generate_series(0, 29) i;
WITH want AS (SELECT (:a + 330 * i)::bigint AS id, 2 AS qty FROM generate_series(0, 29) i),
     locked AS MATERIALIZED (SELECT s.id FROM floor.stock s WHERE s.id IN (SELECT id FROM want) ORDER BY s.id FOR NO KEY UPDATE),
     taken AS (UPDATE floor.stock s SET reserved = s.reserved + w.qty FROM want w JOIN locked USING (id)
               WHERE s.id = w.id AND s.on_hand - s.reserved >= w.qty RETURNING 1)
SELECT count(*) AS taken FROM taken \gset
\if :taken = 30
INSERT INTO floor.stock_ledger (stock_id, order_id, kind, qty) SELECT :a + 330 * i, :order_id, 1, 2 FROM generate_series(0, 29) i;
INSERT INTO floor.payment (order_id, provider, ref, amount, state) VALUES (:order_id, 'dummy', gen_random_uuid()::text, 665.50, 1);
INSERT INTO floor.outbox (topic, key, payload) VALUES ('order.placed', :order_id, '{"v":1,"total":"665.50","currency":"EUR","lines":30}');
COMMIT;
\else
ROLLBACK;
\endif
