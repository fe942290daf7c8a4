"""What can be wrong or doubtful with a row of the register's sheets, and what to do about it.

A *fault* keeps the row out. A *doubt* asks the clerk: the row waits for an answer. A *note* is only told. Every
sentence here is the key of its translation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from commongrid.kernel.refusals import N_

_LIST: Final = N_("Choose it from the list of the template.")
_DAY: Final = N_("Write the solar date, like 1985-03-07.")
_SHORTER: Final = N_("Shorten it.")

FAULTS: Final[dict[str, tuple[str, str]]] = {
    "natural_village_missing": (N_("The natural village is missing."), _LIST),
    "natural_village_unknown": (N_("Your area has no such natural village."), _LIST),
    "natural_village_several": (N_("Several natural villages have this name."), N_("Write its code beside the name.")),
    "number_missing": (N_("The household's number is missing."), N_("Everybody of one household has the same number.")),
    "number_long": (N_("The household's number has more than 20 signs."), N_("Check that the column holds numbers.")),
    "number_decimal": (
        N_("The spreadsheet has turned the household's number into a decimal."),
        N_("Format the column as text and type the number again."),
    ),
    "door_long": (N_("The door has more than 120 signs."), _SHORTER),
    "villager_group_unknown": (N_("Your area has no such villager group."), _LIST),
    "villager_group_several": (N_("Several villager groups have this name."), N_("Write its code beside the name.")),
    "villager_group_apart": (N_("The villager group lies in another village."), N_("Correct one of the two columns.")),
    "grid_unknown": (N_("Your area has no such grid."), _LIST),
    "grid_several": (N_("Several grids have this name."), N_("Write its code beside the name.")),
    "grid_apart": (N_("The grid lies in another village than the natural village."), N_("Correct one of the two.")),
    "relation_missing": (N_("What the person is to the head is missing."), N_("Write “户主” for the head itself.")),
    "relation_unknown": (N_("What the person is to the head can't be read."), _LIST),
    "name_missing": (N_("The name is missing."), N_("Write it as on the identity card.")),
    "name_long": (N_("The name has more than 60 signs."), N_("Write one person per row.")),
    "name_odd": (N_("This is no name: it holds digits or signs."), N_("Write it as on the identity card.")),
    "sex_unknown": (N_("The sex can't be read."), N_("Write 男 or 女, or leave it empty with an identity number.")),
    "born_on_unreadable": (N_("The date of birth can't be read."), _DAY),
    "born_on_lunar": (N_("The date of birth is a lunar date."), N_("Write the solar date that the identity card has.")),
    "born_on_future": (N_("The date of birth lies in the future."), N_("Correct the year.")),
    "born_on_old": (N_("Nobody is over 120 years old."), N_("Correct the year.")),
    "id_number_decimal": (
        N_("The spreadsheet has turned this number into a decimal and lost digits."),
        N_("Format the column as text and type the number again."),
    ),
    "id_number_length": (N_("An identity number has 18 signs."), N_("Copy it from the identity card or booklet.")),
    "id_number_birth": (N_("The date of birth in this identity number can't be."), N_("Copy it again from the card.")),
    "id_number_sign": (
        N_("The last sign doesn't fit this identity number."),
        N_("One digit is wrong; copy it again from the card."),
    ),
    "id_number_twice": (N_("This identity number stands in an earlier row."), N_("Delete one of the two rows.")),
    "born_on_differs": (N_("The identity number says another date of birth."), N_("Correct one of the two columns.")),
    "sex_differs": (N_("The identity number says another sex."), N_("Correct one of the two columns.")),
    "sex_kept": (
        N_("The identity number that the register has says another sex."),
        N_("Correct this cell, or write the identity number in the row."),
    ),
    "phone_unreadable": (N_("A phone number has 7 to 20 digits."), N_("Write one number per row, digits only.")),
    "phone_decimal": (
        N_("The spreadsheet has turned this phone number into a decimal."),
        N_("Format the column as text and type the number again."),
    ),
    "education_unknown": (N_("The education can't be read."), _LIST),
    "occupation_unknown": (N_("The occupation can't be read."), _LIST),
    "political_unknown": (N_("The political status can't be read."), _LIST),
    "marital_unknown": (N_("The marital status can't be read."), _LIST),
    "state_unknown": (N_("At home or away can't be read."), N_("Write 在家 or 外出.")),
    "works_at_long": (N_("Where they work or study has more than 60 signs."), _SHORTER),
    "registered_place_unknown": (N_("There is no such place of registration."), _LIST),
    "registered_place_several": (N_("Several places have this name."), N_("Write its code beside the name.")),
    "booklet_missing": (N_("The booklet's number is missing."), N_("Write it, or leave the relation in it empty.")),
    "booklet_long": (N_("The booklet's number has more than 20 signs."), N_("Check that the column holds numbers.")),
    "booklet_decimal": (
        N_("The spreadsheet has turned the booklet's number into a decimal."),
        N_("Format the column as text and type the number again."),
    ),
    "as_in_booklet_missing": (
        N_("What the person is to the booklet's head is missing."),
        N_("Write “户主” for the head itself."),
    ),
    "as_in_booklet_unknown": (N_("What the person is to the booklet's head can't be read."), _LIST),
    "collective_unknown": (N_("There is no such village of a collective."), _LIST),
    "collective_several": (N_("Several places have this name."), N_("Write its code beside the name.")),
    "bank_decimal": (
        N_("The spreadsheet has turned this bank account into a decimal and lost digits."),
        N_("Format the column as text and type the number again."),
    ),
    "bank_unreadable": (N_("A bank account has 12 to 19 digits."), N_("Copy it again from the card or passbook.")),
    "since_unreadable": (N_("The day they came to live there can't be read."), _DAY),
    "since_lunar": (N_("The day they came to live there is a lunar date."), _DAY),
    "since_future": (N_("The day they came to live there lies in the future."), N_("Correct the year.")),
    "since_before_birth": (N_("They came to live there before they were born."), N_("Correct one of the two dates.")),
    "began_on_unreadable": (N_("The day the household was founded can't be read."), _DAY),
    "began_on_lunar": (N_("The day the household was founded is a lunar date."), _DAY),
    "began_on_future": (N_("The day the household was founded lies in the future."), N_("Correct the year.")),
    "lon_unreadable": (N_("The point is not on the earth."), N_("Write longitude and latitude in degrees, WGS 84.")),
    "lat_missing": (N_("Longitude and latitude go together."), N_("Fill in both or neither.")),
    "ditto_first": (N_("There is no row above that “the same” could mean."), N_("Write it out.")),
    "ditto_here": (N_("“The same as above” is not understood in this column."), N_("Write it out.")),
    "formula": (N_("This cell holds a formula; formulas are not read."), N_("Copy the column and paste it as values.")),
    "formula_text": (
        N_("The text begins like a formula."),
        N_("Take the sign at its beginning away; a text begins with a letter or a digit."),
    ),
    "unprintable": (N_("The cell holds signs that can't be printed."), N_("Type it again.")),
    "twice": (N_("The same person stands in an earlier row."), N_("Delete one of the two rows.")),
    "home_twice": (N_("The same household stands in an earlier row."), N_("Delete one of the two rows.")),
    "home_ended": (N_("The household of this number has ended."), N_("Give the new household another number.")),
    "second_head": (
        N_("The household has another head already."),
        N_("Write what this person is to the head; a new head is entered on the household's page."),
    ),
    "head_otherwise": (
        N_("By the register this person is the head of the household."),
        N_("Write “户主”; a new head is entered on the household's page."),
    ),
    "booklet_elsewhere": (
        N_("The booklet is registered outside your area."),
        N_("Leave its number and the relation in it empty; whoever keeps that place enters it."),
    ),
    "booklet_ended": (N_("The booklet of this number has ended."), N_("Check the number.")),
    "booklet_other": (
        N_("By the register this person stands in another booklet."),
        N_("Enter the move on the person's page, or correct the number in this row."),
    ),
    "booklet_second_head": (
        N_("The booklet has another head already."),
        N_("Write what this person is to the head of the booklet."),
    ),
    "booklet_head_otherwise": (
        N_("By the register this person is the head of the booklet."),
        N_("Write “户主”; a new head is entered on the booklet's page."),
    ),
    "no_head": (N_("No row says who is the head of this household."), N_("Write “户主” in one of its rows.")),
    "head_out": (
        N_("The row of this household's head has a fault or waits for an answer."),
        N_("Mend that row first."),
    ),
    "elsewhere": (
        N_("Somebody with this identity number is in the county's register already, in another area."),
        N_("Ask the township to hand the record over; don't enter it twice."),
    ),
    "ended": (
        N_("The record with this identity number has ended: died or moved away."),
        N_("Who came back moves in on the household's page; if the end is wrong, undo it on the person's page."),
    ),
    "back_early": (
        N_("By the register this person left the county later than the day since when they live here."),
        N_("Correct the day, or leave it empty."),
    ),
    "lives_elsewhere": (
        N_("By the register this person lives in another household."),
        N_("Enter the move on the person's page, or correct the household in this row."),
    ),
    "any_missing": (N_("This cell is empty, and every row needs it."), N_("Fill it in.")),
    "any_unknown": (N_("The list has no such word."), _LIST),
    "any_several": (N_("Several places have this name."), N_("Write its code beside the name.")),
    "any_long": (N_("This text is too long."), _SHORTER),
    "any_unreadable": (N_("This can't be read, or can't be so."), N_("Write what the heading asks for.")),
    "any_lunar": (N_("This is a lunar date."), _DAY),
    "any_future": (N_("This day lies in the future."), N_("Correct the year.")),
    "credit_code_unreadable": (
        N_("The last sign or the length doesn't fit this unified social credit code."),
        N_("Copy it again from the certificate."),
    ),
    "person_unknown": (
        N_("The register has nobody of this name there."),
        N_("Enter the person first, or write the identity number."),
    ),
    "person_several": (
        N_("Several people there have this name."),
        N_("Write the identity number, or the natural village and the household's number."),
    ),
    "person_otherwise": (
        N_("The person with this identity number has another name in the register."),
        N_("Correct one of the two columns."),
    ),
    "household_unknown": (
        N_("The register has no such household, or it has ended."),
        N_("Write its natural village and its number."),
    ),
    "site_unknown": (N_("The register has no site of this name there."), N_("Enter the site first.")),
    "site_several": (N_("Several sites there have this name."), N_("Leave the cell empty and enter it on its page.")),
    "organisation_unknown": (
        N_("The register has no organisation of this name there."),
        N_("Take the sheet of organisations in first."),
    ),
    "organisation_several": (
        N_("Several organisations there have this name."),
        N_("Leave the row out and enter it on the organisation's page."),
    ),
    "held_nameless": (
        N_("Neither of the two columns that tell the record from others is filled in."),
        N_("Fill one of them in."),
    ),
    "held_several": (
        N_("The register has several like this there."),
        N_("Leave the row out and correct it on its page."),
    ),
    "held_twice": (N_("The same record stands in an earlier row."), N_("Delete one of the two rows.")),
    "held_elsewhere": (
        N_("By the register the organisation with this code is at another place."),
        N_("Correct the place or the code."),
    ),
    "held_later": (
        N_("By the register a later day is known already."),
        N_("Correct the day, or leave the row out."),
    ),
    "to_on_before": (N_("This ends before it began."), N_("Correct one of the two dates.")),
    "ends_before": (
        N_("By the register this began after the day on which the row ends it."),
        N_("Correct the day, or leave the row out."),
    ),
    "ends_otherwise": (
        N_("By the register this ended on another day."),
        N_("If that is wrong, undo it on the record's page first; otherwise leave the row out."),
    ),
    "ends_nothing": (
        N_("By the register nothing of this holds that could end."),
        N_("Say since when it held, too, or leave the row out."),
    ),
    "leader_held": (
        N_("The organisation has another leader then."),
        N_("Enter the change of leader on the organisation's page."),
    ),
    "flag_procedure": (N_("Only the procedure for watched households gives this flag."), N_("Leave the row out.")),
    "flag_barred": (N_("Your post may not enter this flag."), N_("Leave the row out; the township enters it.")),
    "flag_of_person": (
        N_("This flag is a person's, and the row names nobody."),
        N_("Write the name, and the identity number or the household's number."),
    ),
    "flag_of_home": (
        N_("This flag is a household's, and the row names a person."),
        N_("Leave the name and the identity number empty."),
    ),
}  # fmt: skip
"""By code: what is wrong, and what to do."""

DOUBTS: Final[dict[str, tuple[str, str]]] = {
    "other_name": (
        N_("The register has this identity number under another name."),
        N_("The same person: the name is corrected. Otherwise leave the row out and copy the number again."),
    ),
    "like_name": (
        N_("The household has somebody of the same birth whose name sounds the same."),
        N_("The same person: the name is corrected. Another one: a new record."),
    ),
    "other_home": (
        N_("Somebody of this name and birth lives in another household."),
        N_("If they moved, leave the row out and enter the move on their page. Another one: a new record."),
    ),
    "post_holder": (
        N_("Somebody of this name holds a post here and has no household yet."),
        N_("The same person: the record is completed. Another one: a new record."),
    ),
    "came_back": (
        N_("The person with this identity number left the county for good."),
        N_("They came back: their record goes on in this household. Otherwise leave the row out."),
    ),
    "left_before": (
        N_("Somebody of this name and birth left the county for good."),
        N_("The same person: they came back, and their record goes on. Another one: a new record."),
    ),
}
CHOICES: Final = {
    "other_name": ("same",), "like_name": ("same", "new"), "other_home": ("new",), "post_holder": ("same", "new"),
    "came_back": ("same",), "left_before": ("same", "new"),
}  # fmt: skip
"""How each doubt may be answered, besides leaving the row out."""

NOTES: Final[dict[str, str]] = {
    "hidden": N_("The row is hidden in the workbook and was read all the same."),
    "formula_left": N_("A formula was passed over: birth and sex follow from the identity number."),
    "merged": N_("A merged cell counts for each of its rows."),
    "door_kept": N_("The household is known: its door is left as it is."),
    "group_kept": N_("The household is known: its villager group is left as it is."),
    "since_kept": N_("The person is known: the day since when they live there is left as it is."),
    "grid_kept": N_("The record is known: its grid is left as it is."),
    "held_kept": N_("This holds already: its day, body and basis are left as they are."),
    "astray": N_(
        "The point lies outside the boundary of its village, or more than 5 km from the village's homes. It is taken "
        "in as it is."
    ),
    "web_map": N_(
        "The points seem shifted as on Chinese web maps (GCJ-02): more of them lie in their villages once that is "
        "taken off. Have them given in WGS 84 or CGCS2000, else every home stands some 500 metres off."
    ),
    "no_birth": N_("Neither an identity number nor a date of birth: the person can hardly be told from others."),
}


@dataclass(frozen=True, slots=True)
class RowFault:
    """One fault: row as the spreadsheet numbers it, its code, the field, the value masked.

    ``compared``: only other rows or the register could tell.
    """

    row: int
    code: str
    field: str
    value: str = ""
    compared: bool = False
