"""Stations, couriers, their tasks, what their phones report, and the cash they bring home."""
