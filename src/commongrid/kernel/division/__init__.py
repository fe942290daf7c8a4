"""Grid division: households of a village into grids that one person can look after.

    proposal = divide(Households.at(points, village=..., before=...), Rules(target=44, lower=30, upper=60))

``dividing`` is the whole path; ``statement`` the values that go in and come
out; ``graph`` who is whose neighbour, ``walking`` how far it is; ``pieces``
what is divided by itself and with how many grids; ``sweeping`` large pieces by
windows, ``solving`` the steps for one piece, ``assigning`` exact assignment to
centres, ``searching`` better centres, ``worth``, ``bounding`` and ``closing``
the proof, ``joining`` connected grids; ``reckoning`` what it costs and what is
listed. Those with inner loops are compiled (``kernel/compiled``),
so import this package where a division is made, not where pages are.
"""
