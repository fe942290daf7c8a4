"""Figures about the work: the loop from report to closing, tallies behind the boards.

*Figures of the loop* are counted from the matters themselves, exact to the
second. *Tallies* are counts by place, day and series, kept up to date by
reading the journal, so that a county's board costs no more than a village's.
Every figure opens the rows behind it and says when it was counted. Nothing
here counts or ranks people.
"""
