"""Orders: from what a caller wants to water at the door and money that adds up."""
