"""The editor of dated vocabularies: one list, one form and one import for kinds, the work list, limits and texts."""
