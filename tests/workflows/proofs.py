"""Which tests show a rule of the flagship broken, and which show it kept.

`changes.BROKEN` and `kept.KEPT` are named after their rule; here are the tests of rules that are no condition on work.
"""

from tests.workflows.changes import BROKEN, Change
from tests.workflows.kept import KEPT

BROKEN_BY = {
    "R2": ("test_r2_nobody_outside_marketing_and_business_starts",),
    "R3": (
        "test_r3_a_name_alone_is_no_signature",
        "test_signature_refuses_who_does_not_say_what_was_seen",
        "test_signature_refuses_who_saw_the_letter_before_it_was_replaced",
    ),
    "R9": ("test_r9_management_may_waive_who_was_absent",),
    "R11": (
        "test_r11_a_long_title_is_warned_of_and_never_blocks",
        "test_r11_what_resembles_an_earlier_case_is_warned_of",
    ),
    "R15": (
        "test_authority_refuses_management_before_finance_has_reviewed",
        "test_authority_refuses_to_let_one_of_management_pass_a_large_budget",
        "test_authority_refuses_one_person_in_the_place_of_two",
    ),
    "R16": ("test_r16_nothing_is_allocated_before_the_budget_is_approved",),
    "R19": ("test_r19_below_the_floor_the_promotion_is_adjusted",),
    "R20": (
        "test_r20_a_late_site_goes_to_the_top_at_once",
        "test_r20_a_late_site_holds_the_release",
        "test_release_refuses_before_both_sites_are_ready",
    ),
    "R22": ("test_r22_a_problem_that_nobody_deals_with_in_time_goes_up",),
    "R23": ("test_r23_a_stand_up_that_is_not_held_is_reminded_of_and_recorded_as_missed",),
    "R27": (
        "test_r27_management_takes_note_and_cannot_decline",
        "test_acknowledgement_refuses_to_archive_what_nobody_took_note_of",
    ),
    "R30": ("test_r30_what_is_late_climbs_the_ladder",),
}
KEPT_BY = {
    "R2": ("test_r2_marketing_and_business_start",),
    "R3": (
        "test_r3_management_signs_what_it_has_seen",
        "test_signature_takes_management_that_has_seen_the_letter",
        "test_signature_takes_the_letter_that_was_handed_in_again",
    ),
    "R11": ("test_r11_a_short_title_of_its_own_is_not_warned_of",),
    "R12": ("test_r12_the_windows_follow_one_another_without_gap_or_overlap",),
    "R15": (
        "test_r15_the_amount_decides_who_approves",
        "test_authority_takes_one_of_management_below_fifty_thousand",
        "test_authority_takes_two_of_management_for_a_large_budget",
    ),
    "R16": ("test_r16_what_was_reserved_is_released_when_the_campaign_is_cancelled",),
    "R19": ("test_r19_at_the_floor_nothing_is_adjusted",),
    "R20": (
        "test_r20_a_site_in_time_troubles_nobody",
        "test_release_takes_the_one_in_charge_when_both_sites_are_ready",
    ),
    "R22": ("test_r22_a_problem_is_raised_and_dealt_with",),
    "R23": ("test_r23_a_stand_up_is_held_on_each_day_of_the_event",),
    "R27": (
        "test_r27_what_management_took_note_of_is_archived",
        "test_acknowledgement_takes_anybody_of_management",
    ),
    "R28": ("test_r28_scrap_takes_the_head_of_finance",),
    "R30": ("test_r30_every_row_has_its_deadline", "test_r30_what_is_done_in_time_climbs_nothing"),
}


def breaking(rule: str) -> list[str]:
    """The tests in which the rule is broken: it blocks, warns, or tells somebody."""
    return [*_changes(BROKEN, rule), *BROKEN_BY.get(rule, ())]


def keeping(rule: str) -> list[str]:
    """The tests in which the rule is kept and the work goes on."""
    return [*_changes(KEPT, rule), *KEPT_BY.get(rule, ())]


def _changes(changes: list[Change], rule: str) -> list[str]:
    return [change.name for change in changes if change.name.split("-")[0] == rule]
