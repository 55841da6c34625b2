"""Bytes become own words."""
