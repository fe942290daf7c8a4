-- Matters by the million, spread over all villages, natural villages, kinds, units and states of the demo county, over
-- ten years; one in %(open_in)s is open. %(lo)s to %(hi)s are running numbers, so that a large step can be made in pieces.
INSERT INTO matters_matter (
  id, number, place, place_then, kind_id, kind_code, series, source, urgency, title, text, state, step, owner_level,
  owner_place, unit_id, handler_level, handler_place, clock, due_at, warn_at, alarm_at, provisional, deadline_no,
  raised_level, finish_from, finish_due_at, opened_at, accepted_at, finished_at, closed_at, outcome, ordered, given_back,
  reopened, round, tries, to_visit, to_rate, rating, sealed, confidential, anonymous, slip_hash, external_system,
  external_number, doubt
)
SELECT uuidv7(opened_at - now()), '990101-' || to_char(opened_at, 'YYMM') || '-' || lpad(n::text, 9, '0'),
  place, place, kind_id, kind_code, series, source, urgency, '路面破损，需要修补 ' || n, '村口路面破损，雨天积水，车辆难行。',
  state, step, owner_level, owner_place, unit_id, CASE WHEN unit_id IS NULL THEN '' ELSE unit_level END,
  CASE WHEN unit_id IS NULL THEN NULL ELSE unit_place END, clock,
  due_at, due_at - interval '1 day', CASE WHEN due_at > now() THEN due_at - interval '1 day' END, false, 1,
  CASE WHEN due_at < now() - interval '1 day' THEN 'township' ELSE '' END, opened_at, opened_at + interval '15 days',
  opened_at, CASE WHEN state <> 'reported' THEN opened_at + interval '5 hours' END,
  CASE WHEN state IN ('answered', 'to_file') THEN opened_at + interval '3 days' ELSE closed_at - interval '1 day' END,
  closed_at, CASE WHEN closed_at IS NULL THEN '' WHEN state = 'closed' THEN 'done' ELSE state END,
  unit_id IS NOT NULL, false, CASE WHEN n %% 97 = 0 THEN 1 ELSE 0 END, CASE WHEN n %% 97 = 0 THEN 2 ELSE 1 END, 0, false,
  series = 'asked', '', false, false, false, decode(lpad(to_hex(n), 64, '0'), 'hex'), '', '', ''
FROM (
  SELECT *,
    CASE state WHEN 'reported' THEN 'accept' WHEN 'accepted' THEN 'divert' WHEN 'diverted' THEN 'start'
      WHEN 'in_hand' THEN 'answer' WHEN 'answered' THEN 'visit' WHEN 'to_file' THEN 'close' ELSE '' END AS step,
    CASE state WHEN 'reported' THEN 'respond' WHEN 'accepted' THEN 'respond' WHEN 'diverted' THEN 'respond'
      WHEN 'in_hand' THEN 'finish' WHEN 'answered' THEN 'visit' WHEN 'to_file' THEN 'file' ELSE '' END AS clock,
    CASE WHEN NOT open THEN '' WHEN state IN ('diverted', 'in_hand') THEN 'unit'
      WHEN state = 'reported' AND n %% 3 = 0 THEN 'village' ELSE 'township' END AS owner_level,
    CASE WHEN NOT open OR state IN ('diverted', 'in_hand') THEN NULL
      WHEN state = 'reported' AND n %% 3 = 0 THEN place / 1000 * 1000 ELSE place / 1000000 * 1000000 END AS owner_place,
    CASE WHEN state IN ('reported', 'accepted') THEN NULL ELSE given END AS unit_id,
    CASE WHEN open THEN opened_at + (h %% 30) * interval '1 day' + (h %% 86400) * interval '1 second' END AS due_at,
    CASE WHEN NOT open THEN opened_at + (h %% 20) * interval '1 day' + (h %% 3600 + 60) * interval '1 second' END AS closed_at
  FROM (
    SELECT numbers.n, h, p.code AS place, k.id AS kind_id, k.code AS kind_code, u.id AS given, u.place AS unit_place,
      u.level AS unit_level, numbers.n %% %(open_in)s = 0 AS open,
      (ARRAY['asked', 'asked', 'asked', 'asked', 'patrol', 'patrol', 'systems', 'register'])[h %% 8 + 1] AS series,
      (ARRAY['villager', 'villager', 'patrol', 'department', 'hotline', 'petition', 'leader', 'anonymous'])[h %% 8 + 1] AS source,
      CASE WHEN h %% 40 = 0 THEN 'urgent' WHEN h %% 400 = 1 THEN 'immediate' ELSE 'normal' END AS urgency,
      CASE WHEN numbers.n %% %(open_in)s = 0
        THEN (ARRAY['reported', 'accepted', 'diverted', 'in_hand', 'answered', 'to_file'])[(numbers.n / %(open_in)s) %% 6 + 1]
        WHEN numbers.n %% 31 = 0 THEN 'rejected' ELSE 'closed' END AS state,
      now() - CASE WHEN numbers.n %% %(open_in)s = 0 THEN (h %% 2160000) * interval '1 second'
        ELSE interval '21 days' + (h %% 315360000) * interval '1 second' END AS opened_at
    FROM (SELECT n, abs(hashint8(n)::bigint) AS h, abs(hashint8(n + 7919)::bigint) AS g
          FROM generate_series(%(lo)s::bigint, %(hi)s::bigint) n) AS numbers
    JOIN bench_place p ON p.n = g %% %(places)s
    JOIN bench_kind k ON k.n = h %% %(kinds)s
    JOIN bench_unit u ON u.township = p.township AND u.n = h %% u.count
  ) AS drawn
) AS made
