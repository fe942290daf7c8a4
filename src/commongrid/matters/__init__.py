"""Matters (事项): the closed loop from report to rating.

Somebody reports; the level that first meets the kind accepts or refuses it;
small things are settled where they are, others diverted to whom the work list
names, raised where they don't belong, given back once with a basis. Clocks
run on the county's calendar and tell each level above once. When the work is
said to be done, somebody of another level asks the person: solved? satisfied?
"Not solved" reopens it once, with somebody else; then the county looks.

The law: at every moment an open matter has an owner, a deadline and a next
step. The table of states is ``rules/table.py``, applied by ``rules/loop.py``, printed in docs/loop.md.
Words: matter, order, give back, raise, supervise, return visit, rate.
"""
