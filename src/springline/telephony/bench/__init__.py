"""Measures the call path against the same menus in plain dialplan with Asterisk's own queue."""
