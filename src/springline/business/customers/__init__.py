"""Who calls: customers, their phones and addresses, and where they live."""
