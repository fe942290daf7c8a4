"""What is done with accounts, by topic: who comes in and what is logged of it; sealed values under a new key."""

from commongrid.accounts.actions.access import (
    Access,
    LinkFor,
    Used,
    choose_language,
    choose_login_name,
    end_own_session,
    end_sessions,
    forget_accounts,
    give_link,
    log_access,
    log_refusal,
    prune_access,
    switch_account,
    use_link,
)
from commongrid.accounts.actions.resealing import (
    Resealed,
    keys_rotated,
    reseal,
    sealed_columns,
    values_by_key,
)

__all__ = (
    "Access",
    "LinkFor",
    "Resealed",
    "Used",
    "choose_language",
    "choose_login_name",
    "end_own_session",
    "end_sessions",
    "forget_accounts",
    "give_link",
    "keys_rotated",
    "log_access",
    "log_refusal",
    "prune_access",
    "reseal",
    "sealed_columns",
    "switch_account",
    "use_link",
    "values_by_key",
)
