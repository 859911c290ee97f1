"""Water vouchers, buckets and deposits: append-only ledgers that add up."""
