"""Registry: people and households, as thin as the first job needs them (人、户).

A ``Person`` holds a name and a place; a post points to a person, never to an
account. A ``Household`` (户) names the natural village and, later, the villager
group it belongs to for good. The next issues widen both.
"""
