"""Plain Python, no Django: place codes, scope, acts, clock, sealing, refusals.

Values and decisions without tables. Everything here can be tested without a
database and imported by every module above.
"""
