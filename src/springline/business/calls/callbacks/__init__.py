"""Calls that nobody took: who is to be called back, until when, and what came of it (requirements I1, I2)."""
