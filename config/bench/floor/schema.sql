-- The floor: what any placement must at least store. Ordinary logged tables, real foreign keys, the indexes a list needs.
DROP SCHEMA IF EXISTS floor CASCADE;
CREATE SCHEMA floor;
SET search_path = floor;

CREATE TABLE orders (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number      text NOT NULL UNIQUE,
  idem_key    uuid NOT NULL UNIQUE,
  channel_id  int NOT NULL,
  customer_id bigint NOT NULL,
  status      smallint NOT NULL DEFAULT 1,
  currency    char(3) NOT NULL,
  subtotal    numeric(14,2) NOT NULL,
  shipping    numeric(14,2) NOT NULL,
  tax         numeric(14,2) NOT NULL,
  total       numeric(14,2) NOT NULL,
  email       text NOT NULL,
  ship_to     jsonb NOT NULL,
  placed_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_placed ON orders (placed_at DESC, id DESC);
CREATE INDEX orders_status ON orders (status, placed_at DESC, id DESC);
CREATE INDEX orders_cust ON orders (customer_id, id DESC);

CREATE TABLE stock (
  id       bigint PRIMARY KEY,
  sku      text NOT NULL UNIQUE,
  on_hand  int NOT NULL,
  reserved int NOT NULL DEFAULT 0,
  CHECK (reserved >= 0 AND reserved <= on_hand)
) WITH (fillfactor = 70);

CREATE TABLE order_line (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id   bigint NOT NULL REFERENCES orders (id),
  stock_id   bigint NOT NULL REFERENCES stock (id),
  sku        text NOT NULL,
  title      text NOT NULL,
  qty        int NOT NULL,
  unit_price numeric(14,2) NOT NULL,
  tax        numeric(14,2) NOT NULL,
  total      numeric(14,2) NOT NULL
);
CREATE INDEX order_line_order ON order_line (order_id);

CREATE TABLE stock_ledger (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stock_id bigint NOT NULL REFERENCES stock (id),
  order_id bigint NOT NULL REFERENCES orders (id),
  kind     smallint NOT NULL,
  qty      int NOT NULL,
  at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX stock_ledger_stock ON stock_ledger (stock_id, id);

CREATE TABLE payment (
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES orders (id),
  provider text NOT NULL,
  ref      text NOT NULL,
  amount   numeric(14,2) NOT NULL,
  state    smallint NOT NULL,
  at       timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider, ref)
);
CREATE INDEX payment_order ON payment (order_id);

CREATE TABLE outbox (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic      text NOT NULL,
  key        text NOT NULL,
  payload    jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  sent_at    timestamptz
);
CREATE INDEX outbox_unsent ON outbox (id) WHERE sent_at IS NULL;

INSERT INTO stock SELECT g, 'SKU-' || g, 100000000, 0 FROM generate_series(1, 10000) g;
ANALYZE orders, stock, order_line, stock_ledger, payment, outbox;
