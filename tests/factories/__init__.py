"""Makers of rows and scopes for tests, one file per module."""
