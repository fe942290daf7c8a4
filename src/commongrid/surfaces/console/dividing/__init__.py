"""Dividing villages into grids: today's and proposed ones side by side, drawn by hand, adopted with a date."""
