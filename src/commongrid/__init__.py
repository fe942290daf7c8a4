"""Commongrid: one Django application for governing a rural county well. The shape is in ARCHITECTURE.md."""
