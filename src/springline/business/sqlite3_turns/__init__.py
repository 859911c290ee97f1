"""Django's SQLite, whose writers wait for one another in turn.

SQLite has one writer at a time, and lets the others look again after ever longer naps: whoever comes at a
lucky moment goes first, and some wait for seconds. Within one process threads queue here; against others
SQLite's own waiting stays.
"""
