"""Messages to people and machines outside: SMS, group robots, webhooks."""
