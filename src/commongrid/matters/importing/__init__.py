"""Taking over matters from an older system's spreadsheet (历史事项导入).

A file is read row by row (``rules``): which column is which field, dates as
other systems write them, words mapped to this county's kinds and places. A dry
run gives the account: what would be taken, what is doubtful or known already,
row by row. Publishing (``actions``) puts the staged rows into the tables in one
short transaction, one act for the whole batch; a batch can be undone as long as
nobody has worked on its matters. Closed matters come in closed; open ones get
an owner, a deadline and a next step like any other.
"""
