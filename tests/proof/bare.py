"""What is sent to routes that no page of the walk shows a form for."""

from __future__ import annotations

from uuid import NAMESPACE_OID, uuid5

from tests.factories.desk import HAMLET, TOWNSHIP, VILLAGE

LIMIT = uuid5(NAMESPACE_OID, "commongrid matters limit visit")
NET, STEPS = "/console/network", ("again", "approve", "reopen", "adopt", "call_off", "drop")
LINK = (
    "person answer capacity on natural_village number sort member keep target most leaving entitled present in_favour "
    "words"
)
GRIDS = (
    "weigh target lower upper grids change split uneven headless short groups shares alone homes hamlet grid locked on"
)
BARE: dict[str, tuple[str, str, str]] = {
    "exchange_sheet": ("dispatcher", f"/console/exchange/sheets/{LIMIT}/", "good_only"),
    "exchange_columns": ("dispatcher", f"/console/exchange/sheets/{LIMIT}/columns", "number received text"),
    "exchange_drop": ("dispatcher", f"/console/exchange/sheets/{LIMIT}/drop", ""),
    "exchange_export": ("dispatcher", "/console/exchange/hotline_12345/export", ""),
    "mediation_agree": ("mediator", "/console/mediation/{file}/agree", ""),
    "mediation_check": ("mediator", "/console/mediation/{file}/check", "kept found"),
    "mediation_hand": ("justice", "/console/mediation/{file}/hand", "post_id mediator"),
    "publication_approve": ("dispatcher", "/console/published/{proposed}/approve", ""),
    "sheet": ("mediator", "/console/sheets/forged/", "telling reason ticket"),
    "matter_recheck": ("county_dispatcher", "/console/matters/{answered}/recheck", "result note"),
    "matter_ask_recheck": ("dispatcher", "/console/matters/{answered}/ask_recheck", "reason"),
    "matter_attend": ("dispatcher", "/console/matters/{accepted}/attend", "came"),
    "matter_pass_on": ("dispatcher", "/console/matters/{answered}/pass_on", "answer"),
    "matter_send_back": ("dispatcher", "/console/matters/{answered}/send_back", "note"),
    "matter_drop": ("dispatcher", "/console/matters/{accepted}/drop", "reason"),
    "matter_remind": ("dispatcher", "/console/matters/{accepted}/remind", "note"),
    "matter_receipt": ("county_dispatcher", "/console/matters/{answered}/receipt", "note sure"),
    "matter_hand_on": ("county_dispatcher", "/console/matters/{answered}/hand_on", "unit reason taken_by"),
    "matter_unseal": ("county_dispatcher", "/console/matters/{answered}/unseal", "place kind_code text reason about"),
    "matter_review": ("county_dispatcher", "/console/matters/{answered}/review", "finding target"),
    "matter_decide": ("county_dispatcher", "/console/matters/{returned}/decide", "basis target"),
    "matter_answer": ("county_dispatcher", "/console/matters/{in_hand}/answer", "answer"),
    "matter_close": ("dispatcher", "/console/matters/{answered}/close", "note"),
    "matter_reply": ("station", "/console/matters/{in_hand}/reply", "text"),
    "matter_accept": ("dispatcher", "/console/matters/{urgent}/accept", "kind_code note"),
    "matter_reject": ("dispatcher", "/console/matters/{urgent}/reject", "reason sure"),
    "rules_add": ("county_dispatcher", "/console/rules/tiles/add/", "code zh en kind_code picture position on step"),
    "rules_end": ("county_dispatcher", f"/console/rules/tiles/{LIMIT}/end", "on"),
    "wording_end": ("county_dispatcher", f"/console/wording/answers/{LIMIT}/end", "on"),
    "duty_end": ("county_dispatcher", f"/console/calendar/duty/{LIMIT}/end", ""),
    "notices": ("clerk", "/console/notices/", ""),
    "notice_again": ("county_dispatcher", f"/console/notices/not-arrived/{LIMIT}/again", ""),
    "slip_messages": ("", "/s/{code}/messages", "wanted"),
    "sms_receipts": ("", "/machine/sms-receipts", "receipts"),
    "unit_add": ("county_admin", "/console/posts/units/add", "place type name_zh name_en function master on"),
    "unit_covers": ("clerk", f"/console/posts/units/{LIMIT}/covers", "covers on"),
    "matter_ask_end": ("station", "/console/matters/{in_hand}/ask_end", "reason words told"),
    "matter_end": ("dispatcher", "/console/matters/{in_hand}/end", "reason words told"),
    "post_link": ("county_admin", "/console/posts/{post}/link", "sure"),
    "post_sign_out": ("county_admin", "/console/posts/{post}/sign-out", ""),
    "post_stand_in_end": ("county_admin", "/console/posts/{post}/stand-in/{answered}/end", ""),
    "post_village": ("county_admin", "/console/posts/{post}/village", "place from_on last_on"),
    "post_village_end": ("county_admin", "/console/posts/{post}/village/{answered}/end", ""),
    "end_session": ("clerk", "/console/security/devices/9223372036854775808/end", ""),
    "single_sign_on": ("", "/accounts/single-sign-on/", "process next scope auth_params"),
    "single_sign_on_connect": ("clerk", "/console/security/single-sign-on", "process next"),
    "single_sign_on_end": ("clerk", "/console/security/single-sign-on/end", ""),
    "land": ("", "/in/" + "A" * 43, ""),
    "code_enter": ("", "/accounts/code/enter/", "code next"),
    "report_tell": ("", "/report/tell", "words at kind q"),
    "slip_add": ("", "/s/{code}/add", "words ticket"),
    "slip_withdraw": ("", "/s/{code}/withdraw", ""),
    "look": ("", "/look", "next"),
    "matters_export": ("dispatcher", "/console/matters/export", "purpose days"),
    "matter_view_save": ("dispatcher", "/console/matters/views/", "name shared filters"),
    "matter_view_rename": ("dispatcher", f"/console/matters/views/{LIMIT}/rename", "name"),
    "matter_view_remove": ("dispatcher", f"/console/matters/views/{LIMIT}/remove", ""),
    "matter_report_back": ("county_dispatcher", "/console/matters/{answered}/report_back", "text"),
    "exchange_reply": ("dispatcher", f"/console/exchange/replies/{LIMIT}/", "wording"),
    "people_upload": ("clerk", f"/console/households/import/{LIMIT}", "digest good_only doubt-2"),
    "prepared_fetch": ("clerk", f"/console/exports/{LIMIT}/fetch", ""),
    "prepared_remove": ("clerk", f"/console/exports/{LIMIT}/remove", ""),
    "people_drop": ("clerk", f"/console/households/import/{LIMIT}/drop", ""),
    "people_batch": ("clerk", f"/console/households/import/batches/{LIMIT}", "reason"),
    "duplicate": ("township_principal", f"/console/households/duplicates/{LIMIT}", "answer why seen"),
    "flag_reveal": ("township_principal", f"/console/households/flags/{LIMIT}/reveal", "field reason"),
    "person_reveal": ("clerk", "/console/households/people/{someone}/reveal", "field reason"),
    "change_withdraw": ("grid_head", "/console/households/changes/{request}/withdraw", ""),
    "person_erase": ("county_admin", "/console/households/people/{someone}/erase", "basis reason sure"),
    "person_file": ("township_principal", "/console/households/people/{someone}/file", "shown_by"),
    "boundary_file": ("clerk", f"/console/map/files/{LIMIT}/", "digest places"),
    **{
        f"linking_{act}": ("secretary", f"{NET}/villages/{VILLAGE}/{act}", LINK)
        for act in ("members", "choices", "propose")
    },
    "linking_everywhere_stop": ("secretary", f"/console/network/places/{VILLAGE}/propose/stop", ""),
    "linking_everywhere": ("secretary", f"/console/network/places/{VILLAGE}/propose", "keep target most"),
    "linking_choice_end": ("secretary", f"/console/network/villages/{VILLAGE}/choices/{LIMIT}/end", "on"),
    **{f"plan_{act}": ("secretary", f"{NET}/plans/{LIMIT}/{act.replace('_', '-')}", LINK) for act in STEPS},
    "plan_set": ("secretary", f"/console/network/plans/{LIMIT}/households/{LIMIT}", "member locked"),
    **{
        f"division_{act}": ("secretary", f"{NET}/divisions/{LIMIT}/{act.replace('_', '-')}", GRIDS)
        for act in ("paint", "again", "copy", "adopt", "call_off", "drop")
    },
    "division_seat": ("secretary", f"{NET}/divisions/{LIMIT}/grids/1/seat", "role display_name who"),
    "division_seat_back": ("secretary", f"{NET}/divisions/{LIMIT}/staff/{LIMIT}/take-back", ""),
    "division_lock": ("secretary", f"{NET}/divisions/{LIMIT}/grids/1/lock", "locked"),
    "barrier_remove": ("secretary", f"{NET}/villages/{VILLAGE}/barriers/{LIMIT}/remove", ""),
    "dividing_posts": ("secretary", f"{NET}/villages/{VILLAGE}/grids/posts", "grid to"),
    "dividing_everywhere_stop": ("secretary", f"{NET}/places/{VILLAGE}/grids/stop", ""),
    "dividing_everywhere": ("secretary", f"{NET}/places/{VILLAGE}/grids", GRIDS),
    "link_notice": ("secretary", f"/console/network/hamlets/{HAMLET}/notice", "until doors"),
    "link_notice_down": ("secretary", f"/console/network/hamlets/{HAMLET}/notice/take-down", "reason"),
    "household_helper": (
        "township_principal",
        f"{NET}/households/{{household}}/helper",
        "post instead from_on last_on",
    ),
    "household_helper_end": ("township_principal", f"{NET}/households/{{household}}/helper/{LIMIT}/end", ""),
    "matter_case_end": ("dispatcher", f"/console/matters/{{in_hand}}/case/{LIMIT}/end", ""),
    "talent_decide": ("secretary", f"{NET}/talents/{LIMIT}/opinion", "listed opinion reserve"),
    "talent_end": ("clerk", f"{NET}/talents/{LIMIT}/end", ""),
    "rota_remove": ("dispatcher", f"{NET}/rota/{LIMIT}/remove?place={TOWNSHIP}", ""),
    "person_returned": ("clerk", "/console/households/people/{someone}/returned", "on source"),
}
"""Routes sent to without a form at hand: a step that the moment does not offer, or a button alone; and their fields."""
