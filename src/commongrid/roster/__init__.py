"""roster: who does what, where, in which unit, and for how long.

A post (岗位) is person x role x place x unit x period. A post in force *is* the
permission: it becomes the ``Scope`` of a request, and nothing else does. Roles
(角色), powers (权限) and which role holds which power are dated rows. A unit
(单位) sits at a place, has a parent there and, if it is a department's station
in a township, a master at the county. A stand-in (代岗) acts in a post whose
holder is away or gone; a post without either falls to the level above. An
assignment (包联) ties a post to a village, household, unit or case.

Periods are half-open: ``to_on`` is the first day on which a row no longer holds,
so ending a post today takes effect today.
"""
