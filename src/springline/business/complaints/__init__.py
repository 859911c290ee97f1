"""Complaints: what went wrong, until when it is answered, and what was done."""
