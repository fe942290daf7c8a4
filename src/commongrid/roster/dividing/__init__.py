"""Grid division (网格划分): a village's households into grids that one person can look after.

Today's grids and the barriers drawn on the map go to the planner of the kernel;
what comes out is a ``Division``, a proposal with its grids and homes. It is read
beside today's, edited by hand (homes or a whole natural village painted to
another grid, homes and grids locked, the rest worked out anew), kept beside
others, and one of them adopted with a date. On that day the clock carries it
out by acts: grids that stay as they are keep their code, the others end and
begin with a succession, households move, and everything that lay in an ended
grid has a place again. Matters, figures and history of the past stay.
"""
