"""Registry: people, households, places, things and organisations (人、户、地、物、组织).

Who lives and eats together is a ``Household`` (常住户), who stands in one
booklet a ``RegisteredHousehold`` (户籍户); a ``Person`` (人) belongs to one of
each, and ``Stay`` (在户经历) says since when and as what to its head. Nothing is
edited: births, deaths, moves, weddings, splits and corrections are acts, each
with its day and source, and ``Correction`` (更正) keeps what stood there before,
so that an old household reads as it was and an act can be taken back. Hardship
stands in a table of its own. A post points to a person, never to an account.
"""
