"""Calls as rows, projected from the journal; their recordings and what agents noted about them."""
