"""Exchange with other systems: sheets in and out."""
