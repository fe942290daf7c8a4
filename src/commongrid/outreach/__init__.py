"""Outreach, the second of the two links: each household has one member whom it knows (联户).

The path: members declare whether they are able and for how many; households say
whom they would like, or that they would rather not; a plan fills the rest, with a
reason for each; it is edited and locked by hand; the branch meeting approves it;
it is adopted from a day on; a notice tells everybody, and a slip each household.

A link itself is a row of the roster (``Assignment`` of kind ``linked_household``),
one at most per household at a time, so that what a linked member sees follows from
it at once. This module owns what leads to links: declarations, choices, plans, the
ten duties and the notice. What becomes of links when people move, households split
or members leave is a rule here, carried out by a reader of the journal.
"""
