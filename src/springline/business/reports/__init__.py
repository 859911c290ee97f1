"""Measures and their formulas, for boards and reports."""
