"""What every surface shares: doors, layouts, tags, middleware."""
