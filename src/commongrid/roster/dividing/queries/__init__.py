"""Reads of grid division: what a village is made of, its proposals, one with its grids and homes."""
