"""Exchange with other systems by spreadsheet (与外部系统交换): their orders in, our replies out, their results in.

A sheet is read row by row with the same reader as a takeover from an older
system (``kernel.sheets``, in a process of its own). Which column is which is
settled once per system and remembered. A preview says of every row whether it
is new, known, changed, probably the same as another, or faulty; only then it
is applied, as one act. Replies go out in the layout of the system, each once,
and again as they were whenever a batch is asked for.
"""
