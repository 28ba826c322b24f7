-- As many orders as the list has to page through, one a minute.
SET search_path = floor;
CREATE TABLE big (LIKE orders INCLUDING ALL);
INSERT INTO big (number, idem_key, channel_id, customer_id, currency, subtotal, shipping, tax, total, email, ship_to, placed_at)
SELECT gen_random_uuid()::text, gen_random_uuid(), 1, 1 + g % 100000, 'EUR', 60.00, 5.00, 6.50, 71.50,
       'c' || 1 + g % 100000 || '@example.com',
       '{"name":"Ann Bell","line1":"1 Main St","city":"Springfield","zip":"12345","country":"US"}',
       timestamptz '2024-01-01' + g * interval '1 minute'
FROM generate_series(1, :orders) g;
VACUUM ANALYZE big;
