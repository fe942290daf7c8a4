"""The Households pages: who lives where, since when, and everything that happens to a record."""
