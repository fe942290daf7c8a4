"""Reads of the figures: ``loop`` counts matters themselves, ``board`` the tallies, ``behind`` opens the rows."""
