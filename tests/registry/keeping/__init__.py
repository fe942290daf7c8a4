"""How long records are kept, erasures, and a person's own file."""
