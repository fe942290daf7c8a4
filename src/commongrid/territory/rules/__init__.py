"""Rules of places: what a list of codes says, and what it changes against what is known."""
