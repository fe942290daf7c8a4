"""Territory: where everything happens, from the county down to the grid (地方).

A place is a number: the national 12-digit code and three digits of our own
inside the village. County, township and village are intervals of numbers.
Natural villages (自然村) and villager groups (村民小组) are where people live;
grids (网格) are the working division laid over them, and ``GridCover`` says
which of them a grid serves. A code once ended is never used again; what became
of it is a ``Succession``. The national list is imported again and again: a
preview first, then one act that carries every reference along.

The county's clock lives here too: its zone, office hours and working days.
"""
