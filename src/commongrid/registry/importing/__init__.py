"""People and households by spreadsheet (表格导入): the door through which a register really comes in.

A file is read in a process of its own (``kernel.sheets``), row by row
(``rules.reading``), and compared with the register (``rules.matching``): what
is new, changed, unchanged, in doubt, faulty. That is the dry run
(``looking``); nothing changes until the clerk takes it in, as one act for the
whole batch. The same workbook comes back with a column that says what to do,
in both languages. A batch can be undone while nothing later stands on it.
"""
