"""Tests: the tree mirrors src."""
