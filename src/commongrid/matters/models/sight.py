"""Who sees what hangs on a matter: conditions for its walls, answered by the matter's own row-level security."""

from __future__ import annotations

OF_ITS_MATTER = "EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id)"
"""Decided by the matter's own row-level security, which applies inside the condition."""

REPORTER = "(SELECT COALESCE(current_setting('cg.kind', true), '') IN ('public', 'slip'))"
"""The public and the holder of a slip."""

CENTRE = (
    "(SELECT COALESCE(current_setting('cg.kind', true), '') IN ('clock', 'slip', 'public') "
    "OR strpos(COALESCE(current_setting('cg.standing', true), ''), 'c') > 0)"
)
"""The centre of the township or county, which alone knows what was reported in confidence; clock and slip do too."""
_BY_UNIT = "(SELECT NULLIF(current_setting('cg.unit', true), '')::uuid)"
_GRIDS = "((SELECT NULLIF(current_setting('cg.grids', true), '')::bigint[])::bigint[])"
_LO = "(SELECT NULLIF(current_setting('cg.lo', true), '')::bigint)"
_STANDS = "(SELECT strpos(COALESCE(current_setting('cg.standing', true), ''), '{}') > 0)"
_NARROW = "(SELECT COALESCE(current_setting('cg.narrow', true), ''))"
THE_HANDLER = (
    f"CASE {_NARROW} "
    f"WHEN 'unit' THEN m.unit_id IS NOT DISTINCT FROM {_BY_UNIT} "
    f"WHEN 'grids' THEN {_STANDS.format('g')} AND m.unit_id IS NULL AND m.handler_level = 'grid' "
    f"AND COALESCE(m.handler_place = ANY ({_GRIDS}), false) "
    f"WHEN '' THEN {_STANDS.format('v')} AND m.unit_id IS NULL AND m.handler_level = 'village' "
    f"AND m.handler_place IS NOT DISTINCT FROM {_LO} ELSE false END"
)
"""That the scope is whoever did the work, and not also the centre that files it: a unit, a grid or a village."""
_WITH_THE_CENTRE = "m.state IN ('answered', 'to_rate', 'to_file')"
_OF = "EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id AND NOT ({}))"
BACK = _OF.format(f"({_WITH_THE_CENTRE} OR m.held) AND {THE_HANDLER}")
"""What tells of visit and rating: of its matter, and not the handler's to see before the rating is released."""
UP_TO_THE_ANSWER = _OF.format(
    f"COALESCE(at > m.finished_at, false) AND ({_WITH_THE_CENTRE} OR m.held AND m.closed_at IS NOT NULL) "
    f"AND {THE_HANDLER}"
)
"""Of its matter; the handler sees what came after the answer only once the rating is released."""

DID_IT = (
    f"CASE {_NARROW} "
    f"WHEN 'grids' THEN COALESCE(handler_place = ANY ({_GRIDS}), false) WHEN '' THEN handler_place = {_LO} "
    "ELSE false END"
)
"""A rating about a level: its place is this scope's own, or one of its grids."""
SAID = ("appeal", "said", "rating")
"""The person's own words: asking again, taking it back, and of a confidential matter those beside its rating."""
_IN_CONFIDENCE = "EXISTS (SELECT 1 FROM matters_matter m WHERE m.id = matter_id AND m.confidential AND NOT m.sealed)"
_BESIDE = (
    "EXISTS (SELECT 1 FROM matters_rating r WHERE r.matter_id = matters_note.matter_id AND r.at = matters_note.at)"
)
NOT_FROM_BELOW = f"(sort NOT IN {SAID} OR {CENTRE} OR NOT {_IN_CONFIDENCE}) AND (sort <> 'rating' OR {_BESIDE})"
"""What was said in confidence is for the centre, as Original is; beside a rating, for who sees the rating."""
OWN_UNIT = "unit_id = (SELECT NULLIF(current_setting('cg.unit', true), '')::uuid)"
