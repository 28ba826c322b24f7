"""Pure decisions of the warehouse: no ORM, no clock, no I/O."""
