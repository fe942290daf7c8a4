"""Linking households to Party members: near, close, handy; exact, with the reason for every link.

    plan = link(households, members, LinkRules(keep=200))

``statement`` holds the values that go in and come out, ``flow`` the
minimum-cost flow, ``reasons`` the prices of places and what they explain,
``planning`` the plan, the curve of the slider and the honest answer where the
members are too few.
"""
