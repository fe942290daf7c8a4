"""What the access log's events are called."""

from __future__ import annotations

from commongrid.kernel.refusals import N_

EVENT_TEXTS = {
    "signed_in": N_("Signed in"),
    "sign_in_failed": N_("Failed to sign in"),
    "signed_out": N_("Signed out"),
    "link_used": N_("Used a one-time link"),
    "code_asked": N_("Asked for a code by phone"),
    "post_taken": N_("Took up a post"),
    "security_changed": N_("Changed the security of the account"),
    "sessions_ended": N_("Signed out a device"),
    "revealed": N_("Revealed a hidden value"),
    "exported": N_("Exported a list"),
    "printed": N_("Opened to print"),
    "refused": N_("Was refused"),
}
