"""The durable floor: Django apps, one per noun. It keeps every fact when the live floor is down."""
