"""Dates, people and directions: what no single text shows."""
