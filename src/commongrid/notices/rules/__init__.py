"""Which notices there are, what may stand in them, and when they may be sent."""
