"""Doors: parse, scope, call, render. No rules, no tables."""
