"""Ledgers that people make, of any length: read once for their order and groups, then once more in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext

from commongrid.registry import queries
from commongrid.registry.rules.own_ledgers import arranged, columns
from commongrid.surfaces.console import handing
from commongrid.surfaces.console.register import ledger_words, own_filters

if TYPE_CHECKING:
    from django.http import HttpResponse

    from commongrid.kernel.scope import Scope
    from commongrid.registry.queries import LedgerRow, OwnKey, OwnLedger, Wanted
    from commongrid.registry.rules.own_ledgers import Group, Spec
    from commongrid.surfaces.shared.doors import Asked


def prepared(request: Asked, own: OwnLedger, wanted: Wanted, form: handing.Purpose) -> HttpResponse:
    """Have it prepared. Refuses: TooMany."""
    rows = {"ledger": str(own.id), **ledger_words.kept(wanted)}
    wish = handing.Wish(
        what=f"own.{own.spec.of}", title=own.name, place=wanted.place, stem=f"{own.spec.of}-ledger", rows=rows
    )
    return handing.prepare(request, form, wish)


def long_list(eyes: handing.Eyes, asked: Mapping[str, Any]) -> Iterator[handing.LongTable]:
    """The ledger in its groups, then how many rows each group has."""
    wanted = ledger_words.wanted_again(asked)
    with eyes.open() as scope:
        own = queries.own_ledger(scope, UUID(asked["ledger"]))
        keys = queries.own_keys(scope, own.spec, own_filters.narrowed(scope, own.spec, wanted))
    spec, known = own.spec, columns(own.spec.of, hardship=True)
    sorts = bool(spec.group or spec.order)
    eyes.steps = len(keys) * (1 + sorts)
    groups: list[Group] = []
    if sorts:
        keys, groups = _arranged(eyes, spec, wanted, keys)
    handing.demand_room(len(keys) + len(groups))
    told = _Told(eyes, spec, wanted, groups)
    heads = tuple(gettext(known[key].name) for key in spec.columns)
    yield handing.LongTable(name=own.name, heads=heads, rows=told.rows(keys))
    if groups:
        yield handing.LongTable(
            name=gettext("Counts"), heads=(gettext(known[spec.group].name), gettext("Number of rows")),
            rows=handing.rows_of((named, str(count)) for named, count in told.counts), sums=True,
        )  # fmt: skip


class _Values(Sequence[Mapping[str, Any]]):
    """What rows are ordered and grouped by, and nothing else of them."""

    def __init__(self, spec: Spec) -> None:
        self.columns: dict[str, list[Any]] = {
            name: [] for key in (spec.group, spec.order) if key for name in (key, f"~{key}")
        }

    def add(self, row: LedgerRow) -> None:
        for name, values in self.columns.items():
            values.append(row.values.get(name, row.values.get(name.removeprefix("~"))))

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, n: Any) -> Any:
        return {name: values[n] for name, values in self.columns.items()}


def _arranged(
    eyes: handing.Eyes, spec: Spec, wanted: Wanted, keys: Sequence[OwnKey]
) -> tuple[list[OwnKey], list[Group]]:
    """The keys in the order asked for, and the groups they fall into."""
    values, found = _Values(spec), []
    for part in eyes.batches(keys):
        with eyes.open() as scope:
            for key, row in _batch(scope, spec, wanted, part, linked="linked" in (spec.group, spec.order)):
                found.append(key)
                values.add(row)
    order, groups = arranged(values, spec)
    return [found[n] for n in order], groups


def _batch(
    scope: Scope, spec: Spec, wanted: Wanted, keys: Sequence[OwnKey], *, linked: bool
) -> list[tuple[OwnKey, LedgerRow]]:
    pairs = queries.own_batch(scope, spec, own_filters.narrowed(scope, spec, wanted), keys)
    if not linked:
        return pairs
    rows = ledger_words.linked(scope, [row for _key, row in pairs], wanted.on)
    return [(key, row) for (key, _row), row in zip(pairs, rows, strict=True)]


class _Told:
    """The rows read aloud in the order of their keys, each group under its name; remembers what groups are called."""

    def __init__(self, eyes: handing.Eyes, spec: Spec, wanted: Wanted, groups: Sequence[Group]) -> None:
        self.eyes, self.spec, self.wanted = eyes, spec, wanted
        self.groups = iter(groups)
        self.left = 0
        self.counts: list[tuple[str, int]] = []

    def rows(self, keys: Sequence[OwnKey]) -> Iterator[handing.Row]:
        linked = "linked" in self.spec.columns or "linked" in (self.spec.group, self.spec.order)
        known = columns(self.spec.of, hardship=True)
        coded = {key: one.codes for key, one in known.items() if one.codes}
        for part in self.eyes.batches(keys):
            with self.eyes.open() as scope:
                pairs = dict(_batch(scope, self.spec, self.wanted, part, linked=linked))
                said = ledger_words.own_words(scope, list(pairs.values()), coded)
                lines = [line for key in part for line in self._lines(pairs.get(key), said)]
            yield from lines

    def _lines(self, row: LedgerRow | None, said: ledger_words.Words) -> Iterator[handing.Row]:
        if self.spec.group and not self.left and (group := next(self.groups, None)):
            named = ledger_words.cell(self.spec.group, group.value, said) or gettext("Not said")
            self.left = group.count
            self.counts.append((named, group.count))
            yield handing.Row((f"{named} ({group.count})",), head=True)
        self.left = max(self.left - 1, 0)
        if row is not None:
            yield handing.Row(ledger_words.cells(self.spec.columns, row, said))
