"""The rule of each event, by topic: a standing and a call become a move, or a refusal."""
