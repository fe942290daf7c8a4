"""A population for the demo county that matches a census: planned from its figures, spelled out hamlet by hamlet.

``census`` holds the figures, ``plan`` deals people into households, ``land`` has the shape, valleys and hamlets,
``people`` gives them names, births and trades. All of it is arithmetic: no table, no clock, the same for the same
seed. ``filling`` writes it, ``reporting`` holds what was made against the census.
"""
