"""The second wall: row-level security, grants and triggers, made from what the tables declare.

Run by the owner after every migration, in one transaction, and harmless to run
again: policies are dropped and made anew from ``Model.wall``, so the database
can never say something else than the code. SQL that no declaration covers (the
search function, order of the journal) stands in ``config/sql``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from commongrid.kernel.keeping import GONE, Keeping
from commongrid.kernel.wall import Wall

SQL = Path(__file__).parent / "sql"
LO, HI = (f"NULLIF(current_setting('cg.{end}', true), '')::bigint" for end in ("lo", "hi"))
INTERVAL = f"{{place}} BETWEEN {LO} AND {HI}"
NARROW = "CASE (SELECT COALESCE(current_setting('cg.narrow', true), '')) WHEN '' THEN true{branches} ELSE false END"
GRIDS = " WHEN 'grids' THEN {place} = ANY ((SELECT NULLIF(current_setting('cg.grids', true), '')::bigint[])::bigint[])"
HOUSEHOLDS = (
    " WHEN 'households' THEN {household} = ANY"
    " ((SELECT NULLIF(current_setting('cg.households', true), '')::uuid[])::uuid[])"
)
UNIT = " WHEN 'unit' THEN {unit} = (SELECT NULLIF(current_setting('cg.unit', true), '')::uuid)"
SLIP = "{slip} = (SELECT decode(NULLIF(current_setting('cg.slip', true), ''), 'hex'))"
CLOCK = "(SELECT COALESCE(current_setting('cg.kind', true), '') = 'clock')"
OWN_UNIT = "(SELECT NULLIF(current_setting('cg.unit', true), '')::uuid)"


def roles() -> dict[str, str]:
    """Names of the four roles of this county's schema."""
    return {name: f"{settings.SCHEMA}_{name}" for name in ("owner", "app", "ro", "search")}


def walled_models() -> Iterator[tuple[type[models.Model], Wall]]:
    """Every table of ours with its declaration; a table without one is an error."""
    for model in apps.get_app_config("commongrid").get_models():
        yield model, model.wall  # type: ignore[attr-defined]


def in_scope(wall: Wall) -> str:
    """The condition under which the scope covers a row."""
    if not wall.place:
        return ""
    branches = (
        GRIDS.format(place=wall.place)
        + (HOUSEHOLDS.format(household=wall.household) if wall.household else "")
        + (UNIT.format(unit=wall.unit) if wall.unit else "")
    )
    return f"({INTERVAL.format(place=wall.place)} AND {NARROW.format(branches=branches)})"


def _any(*conditions: str) -> str:
    return " OR ".join(f"({condition})" for condition in conditions if condition) or "false"


def _barred(wall: Wall, condition: str) -> str:
    return f"NOT ({wall.never}) AND ({condition})" if wall.never else condition


def see(wall: Wall) -> str:
    """USING of the SELECT policy."""
    if wall.read == "open":
        return "true"
    slip = SLIP.format(slip=wall.slip) if wall.slip else ""
    return _any(_barred(wall, _any(in_scope(wall), slip)), wall.also_see)


def write(wall: Wall, also: str = "") -> str:
    """WITH CHECK of INSERT and USING of DELETE; with what a change may do besides, USING of UPDATE."""
    if wall.write == "any":
        return "true"
    slip = SLIP.format(slip=wall.slip) if wall.slip else ""
    return _any(_barred(wall, _any(in_scope(wall), slip)), wall.also_write, also)


def once(condition: str) -> str:
    """The same, its interval read once a statement: no index is looked into, and an import adds 100,000 rows."""
    return condition.replace(LO, f"(SELECT {LO})").replace(HI, f"(SELECT {HI})")


def policies(table: str, wall: Wall) -> Iterator[str]:
    """Policies of one table, in the order in which they are made."""
    role = roles()
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY migrations ON {table} TO {role['owner']} USING (true) WITH CHECK (true)"
    readers = role["app"] if wall.unpublished else f"{role['app']}, {role['ro']}"
    yield f"CREATE POLICY see ON {table} FOR SELECT TO {readers} USING ({see(wall)})"
    if wall.write == "owner":
        return
    yield f"CREATE POLICY add ON {table} FOR INSERT TO {role['app']} WITH CHECK ({once(write(wall))})"
    if wall.append_only and wall.prune:
        yield f"CREATE POLICY remove ON {table} FOR DELETE TO {role['app']} USING ({CLOCK} AND ({wall.prune}))"
    if not wall.append_only:
        yield f"CREATE POLICY change ON {table} FOR UPDATE TO {role['app']} USING ({write(wall, wall.also_change)})"
        yield f"CREATE POLICY remove ON {table} FOR DELETE TO {role['app']} USING ({write(wall)})"


def erasures(table: str, keeps: Keeping) -> Iterator[str]:
    """What the clock may empty in a table that is otherwise only added to; the trigger holds it to that."""
    role = roles()
    yield f"GRANT UPDATE ({', '.join(keeps.emptied)}) ON {table} TO {role['app']}"
    yield f"CREATE POLICY erase ON {table} FOR UPDATE TO {role['app']} USING ({CLOCK})"


def grants(table: str, wall: Wall) -> Iterator[str]:
    """What the app and the reports may do with a table at all."""
    role = roles()
    yield f"REVOKE ALL ON {table} FROM PUBLIC, {role['app']}, {role['ro']}, {role['search']}"
    change = f"UPDATE ({', '.join(wall.may_set)})" if wall.may_set else "UPDATE"
    verbs = (
        "SELECT"
        if wall.write == "owner"
        else f"SELECT, INSERT{', DELETE' if wall.prune else ''}"
        if wall.append_only
        else f"SELECT, INSERT, {change}, DELETE"
    )
    yield f"GRANT {verbs} ON {table} TO {role['app']}"
    if wall.scoped and not wall.unpublished:
        yield f"GRANT SELECT ON {table} TO {role['ro']}"


def append_only(table: str, wall: Wall, keeps: Keeping | None = None) -> Iterator[str]:
    """Plain triggers that refuse update, delete and truncate, also to the owner."""
    yield f"""
CREATE OR REPLACE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND {_only_may_set(wall)} THEN RETURN NEW; END IF;
{_may_be_emptied(keeps)}{_may_go(wall)}  RAISE EXCEPTION '{table} is append-only'
    USING ERRCODE = 'integrity_constraint_violation';
END $$"""
    yield f"DROP TRIGGER IF EXISTS stays ON {table}"
    yield f"DROP TRIGGER IF EXISTS stays_whole ON {table}"
    yield f"CREATE TRIGGER stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_stays()"
    yield f"CREATE TRIGGER stays_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_stays()"


def _only_may_set(wall: Wall) -> str:
    if not wall.may_set:
        return "false"
    drop = " - ".join(f"'{column}'" for column in wall.may_set)
    return f"to_jsonb(NEW) - {drop} = to_jsonb(OLD) - {drop}"


def _may_be_emptied(keeps: Keeping | None) -> str:
    """That a change of the clock's only empties columns of an erasure, or covers the signs that it is after in them.

    Covered text may be longer than its column: it is cut then, never below its former length.
    """
    if keeps is None or not keeps.emptied:
        return ""
    drop = " - ".join(f"'{column}'" for column in keeps.emptied)
    columns = ", ".join(f"'{column}'" for column in keeps.emptied)
    return f"""  IF TG_OP = 'UPDATE' THEN
    DECLARE was jsonb := to_jsonb(OLD); is_now jsonb := to_jsonb(NEW);
    BEGIN
      IF ({CLOCK} OR current_user = '{roles()["owner"]}') AND is_now - {drop} = was - {drop}
          AND (SELECT bool_and(is_now -> c = was -> c
          OR COALESCE(is_now ->> c, '') IN ('', '\\x', '{GONE}')
          OR COALESCE(is_now ->> c = left(
            regexp_replace(was ->> c, NULLIF(current_setting('cg.seek', true), ''), '{GONE}', 'g'),
            GREATEST(char_length(was ->> c), char_length(is_now ->> c))), false))
          FROM unnest(ARRAY[{columns}]) AS c) THEN RETURN NEW; END IF;
    END;
  END IF;
"""  # noqa: S608 - from a declaration of ours


def _may_go(wall: Wall) -> str:
    """That a row is old enough to be deleted; in a block of its own, because only a DELETE has a row to look at."""
    if not wall.prune:
        return ""
    old = f"(SELECT {wall.prune} FROM (SELECT OLD.*) AS old_row)"  # noqa: S608 - from a declaration of ours
    return f"  IF TG_OP = 'DELETE' THEN IF {old} THEN RETURN OLD; END IF; END IF;\n"


def statements() -> Iterator[str]:
    """All statements, in order."""
    role = roles()
    for path in sorted(SQL.glob("before_*.sql")):
        yield _filled(path)
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {settings.SCHEMA} TO {role['app']}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {settings.SCHEMA} TO {role['app']}"
    yield f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role['app']}"
    for model, wall in walled_models():
        table = model._meta.db_table
        yield from (
            f"DROP POLICY IF EXISTS {name} ON {table}"
            for name in ("migrations", "see", "add", "change", "remove", "search", "erase")
        )
        yield from grants(table, wall)
        if wall.scoped:
            yield from policies(table, wall)
        keeps: Keeping | None = getattr(model, "keeps", None)
        if wall.append_only:
            yield from append_only(table, wall, keeps)
            if keeps is not None and keeps.emptied:
                yield from erasures(table, keeps)
    for path in sorted(SQL.glob("after_*.sql")):
        yield _filled(path)


def _filled(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    for name, role in roles().items():
        text = text.replace(f":{name}:", role)
    for model, wall in walled_models():
        text = text.replace(f":never {model._meta.db_table}:", wall.never or "false")
    return text


def build() -> None:
    """Make every policy, grant and trigger anew, in one transaction, as the owner."""
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements():
            cursor.execute(statement)
