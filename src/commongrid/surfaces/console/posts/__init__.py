"""Posts: who does what where; vacant seats; appoint, end, move, stand in, give sign-in links."""
