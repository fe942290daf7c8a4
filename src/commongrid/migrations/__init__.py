"""One chain of migrations for the one application."""
