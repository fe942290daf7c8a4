"""Retention, a person's own file, and erasure (留存、查阅、删除).

How long each kind of record is kept is a dated row (``RetentionRule``) that
starts from what the tables declare (``kernel.keeping``); the clock applies the
rows each day and keeps its report. Whoever comes to the counter gets one file
with everything the county holds of them, also who looked. An erasure is an act
with a reason and a legal basis: it goes through every table that declares
``keeps``, leaves nothing but that there was a record, and yields to an archive
only by that archive's own rule, which is shown. What is still worked on is come
back for. The list of erasures lies beside the database too, so that after a
restore of an older backup each is done again.
"""
