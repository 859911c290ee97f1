"""All writes of delivery. Each is one transaction."""
