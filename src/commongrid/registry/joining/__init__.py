"""The same person twice (重复人员): suspects found each night, looked at by the township, joined or told apart.

Before a person is made, the identity number's blind index already refuses a
second one. What slips through (no number, a slip of the pen, a post-holder
entered by name alone) becomes a ``Suspect``; whoever may join records decides,
with a reason. Joining is an act: one record goes on, the other ends as merged
into it, both histories stay readable, and it can be undone.
"""
