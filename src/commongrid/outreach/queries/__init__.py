"""Reads of outreach, always within scope."""
