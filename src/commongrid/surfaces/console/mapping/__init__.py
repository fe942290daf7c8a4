"""The map: places from county to grid by what is counted there, homes and sites in scope, boundaries drawn on it."""
