"""Live state for browsers: one bus subscription per process, fanned out as server-sent events."""
