-- What the multiplied matters are spread over. A township's matters go to its own stations and to the county's
-- departments, half each.
DROP TABLE IF EXISTS pg_temp.bench_place, pg_temp.bench_kind, pg_temp.bench_unit;
CREATE TEMPORARY TABLE bench_place AS SELECT row_number() OVER (ORDER BY code) - 1 AS n, code, code / 1000000 * 1000000 AS township
  FROM territory_place WHERE level IN ('village', 'natural_village') AND valid_to IS NULL;
CREATE TEMPORARY TABLE bench_kind AS SELECT row_number() OVER (ORDER BY code) - 1 AS n, id, code FROM matters_kind
  WHERE parent <> '' AND visibility <> 'sealed' AND valid_to IS NULL;
CREATE TEMPORARY TABLE bench_unit AS SELECT t.code AS township, u.id, u.place,
    CASE WHEN u.place = t.code THEN 'township' ELSE 'county' END AS level,
    row_number() OVER (PARTITION BY t.code ORDER BY u.id) - 1 AS n, count(*) OVER (PARTITION BY t.code) AS count
  FROM territory_place t JOIN roster_unit u ON u.place IN (t.code, t.code / 1000000000 * 1000000000)
  WHERE t.level = 'township' AND t.valid_to IS NULL AND u.valid_to IS NULL AND u.type <> 'party_group';
ANALYZE bench_place, bench_kind, bench_unit;
