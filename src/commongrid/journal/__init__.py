"""The journal: every change is an act, and the journal has it.

An *act* is one thing done, by one author, in one transaction. ``acting`` hands
a Scope to PostgreSQL for that transaction. ``actions.action`` wraps every
action of every module: it claims the act's id (so doing it twice is harmless),
lets the function decide and write, and leaves one *line* in the append-only
journal. Readers follow the lines in commit order behind a *bookmark* of their
own. A job *seals* the lines in a chain of hashes that ``verify`` checks.
"""
