"""Decisions of outreach from plain values: words and states, reasons, what follows, what a notice may hold."""
