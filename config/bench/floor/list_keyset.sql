-- A page of 50 somewhere in the list, by keyset.
\set at random(60, :orders)
SELECT id, number, channel_id, customer_id, status, currency, total, email, placed_at FROM floor.big
WHERE (placed_at, id) < (timestamptz '2024-01-01' + :at * interval '1 minute', :at) ORDER BY placed_at DESC, id DESC LIMIT 50;
