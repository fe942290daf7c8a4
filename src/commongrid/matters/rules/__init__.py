"""The rules of the loop: its words, its table of states, its limits. Plain values, no tables."""
