"""Who may do what, and who did what: users, roles, API tokens, audit rows."""
