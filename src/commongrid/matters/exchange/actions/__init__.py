"""What is done in the exchange with other systems."""

from __future__ import annotations

from commongrid.matters.exchange.actions.orders import change_order, extend_theirs, link_order
from commongrid.matters.exchange.actions.replies import export_replies, word_reply
from commongrid.matters.exchange.actions.results import take_result
from commongrid.matters.exchange.actions.sheets import (
    drop_sheet,
    import_orders,
    import_results,
    lay_out_replies,
    map_columns,
    send_sheet,
    sweep_sheets,
)

__all__ = [
    "change_order",
    "drop_sheet",
    "export_replies",
    "extend_theirs",
    "import_orders",
    "import_results",
    "lay_out_replies",
    "link_order",
    "map_columns",
    "send_sheet",
    "sweep_sheets",
    "take_result",
    "word_reply",
]
