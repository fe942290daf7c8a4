"""Pages for everybody, without account and without script."""
