"""All writes of one customer. Each is one transaction with a history row, and keeps search current."""
