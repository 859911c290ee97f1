"""`springline doctor`: one look at everything, each fault with what to do."""
