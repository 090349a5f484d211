"""The catalogue of flags, in the order a row meets them: reading, headers, values, people, courses, the run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """How bad it is.

    error: the row or the file is out. warning: a value isn't imported or is doubtful, somebody gets or loses access
    otherwise than a row asks for, or two people may be mixed up. notice: all the rest.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Scope(StrEnum):
    """What a flag is about. A dropped cell isn't imported; an error takes its row or its file with it."""

    CELL = "cell"
    DROPPED = "dropped_cell"
    ROW = "row"
    FILE = "file"


@dataclass(frozen=True)
class FlagKind:
    """One entry of the catalogue.

    `sentence` may name {value}, {detail}, {column} and {field}; `fix` says what a person can do about it.
    suggests: the detail is what would be right, where anything came near; the sentence goes on to offer it.
    offers: the detail is a value that can replace the cell in one click; the sentence contains it.
    """

    code: str
    level: Level
    scope: Scope
    sentence: str
    fix: str = ""
    suggests: bool = False
    offers: bool = False


E, W, N = Level.ERROR, Level.WARNING, Level.NOTICE
CELL, DROPPED, ROW, FILE = Scope.CELL, Scope.DROPPED, Scope.ROW, Scope.FILE

_KINDS: Final = (
    # states of accounts: first, since people may get access who shouldn't have it
    FlagKind("state_unmapped", W, FILE, "Column “{value}” looks like the state of accounts and isn't imported: {detail}.",
             "Map it to state, or leave the column out."),
    FlagKind("state_unclear", E, ROW, "A new person's account must be on or off, and “{value}” doesn't say which.",
             "Write active or inactive."),
    FlagKind("state_refused", E, ROW, "The row says that the account of {value} is off, which is not allowed by this import's "
             "settings.", "Set suspensions = allow, correct the cell, or exclude the row."),
    FlagKind("left_skipped", W, ROW, "The row says that {value} has left, so nobody is created.",
             "Correct the cell if the person is still there."),
    FlagKind("roles_left_out", W, FILE, "Rows about people or programs that this import doesn't bring in are left out: {value} "
             "({detail}).", "If they should be imported, leave out the column that names their roles."),
    FlagKind("role_left_out", W, ROW, "The row is about a “{value}”, so it is left out.", "Correct the cell if it isn't."),
    FlagKind("state_unread", W, DROPPED, "“{value}” doesn't say whether the account is on or off, so this cell won't be imported.",
             "Write active or inactive."),
    FlagKind("state_differs", N, ROW, "Columns of this row disagree about the account; it counts as {value}.",
             "Correct the columns if it isn't."),
    # reading the file
    FlagKind("encoding_guessed", W, FILE, "The file is not UTF-8; it was read as {value} ({detail}).",
             "If letters look wrong, name the encoding."),
    FlagKind("row_short", W, ROW, "This row has fewer cells than the header ({value} instead of {detail}); the missing ones "
             "count as blank.",
             "Check that no cell has slipped into a neighbouring column."),
    FlagKind("row_long", E, ROW, "This row has more cells than the header ({value} instead of {detail}); the extra ones are not "
             "blank.",
             "Put quotes around a cell that holds the delimiter, or remove the extra cells."),
    FlagKind("quote_loose", W, ROW, "Text follows a closing quotation mark in this row; it was read as part of the cell.",
             "Check the cell; double the quotation marks that belong to it."),
    FlagKind("quote_runs_on", E, ROW, "A quotation mark opens in this row, and closes before other text in a later one: the "
             "rows down to line {detail} have run together.", "Close or remove the quotation mark."),
    FlagKind("quote_joins", W, ROW, "Lines {line} to {detail} were read as one row, for a quotation mark opens in the one and "
             "closes in the other; some of them look like rows of their own.", "Close or remove the quotation mark."),
    FlagKind("quotes_repaired", W, ROW, "A quotation mark in this row is out of place; the cells were split to "
             "match the header.", "Check the row; double the quotation marks that belong to a cell."),
    FlagKind("quote_odd_end", W, ROW, "A cell of this row ends with a quotation mark that it does not begin with.",
             "Check whether a delimiter is missing before it."),
    FlagKind("quote_open_row", E, ROW, "A quotation mark opens in this row, the last one, and never closes.",
             "Close or remove the quotation mark, and check that the end of the file isn't missing."),
    FlagKind("nul_byte", E, ROW, "A cell holds a NUL byte, which no database stores; its value was removed.",
             "Remove it, or save the file again."),
    FlagKind("undecodable", E, ROW, "A cell holds bytes that are not {detail}.", "Name the file's encoding, or retype the cell."),
    FlagKind("header_missing", W, FILE, "A column with values has no header; it is called “{value}”.", "Give it a header."),
    FlagKind("line_above_header", N, FILE, "This line stands above the header; it was left out.",
             "If it is a row or the header, say which line names the columns."),
    FlagKind("separator_line", N, FILE, "This line names the delimiter: “{value}”."),
    FlagKind("line_ends_mixed", N, FILE, "Lines end in several ways, from line {line} on; each was read as a line of its own.",
             "If a row was cut in two, save the file again."),
    FlagKind("header_none", E, FILE, "No line of this file names its columns; they are called Column 1, Column 2 and so on.",
             "Name the columns, or say which line names them."),
    FlagKind("header_lines", N, FILE, "The header has {value} lines; they were read as one.",
             "If one of them is a row, say which line names the columns."),
    FlagKind("header_quotes", W, FILE, "A quotation mark in line {line}, the header, is out of place.",
             "Check the names of the columns; double the quotation marks that belong to them."),
    FlagKind("header_spare", W, FILE, "The header has more cells than the rows, and blank ones (column {value}); those were left "
             "out.", "Check that each header stands above its values."),
    FlagKind("header_again", N, FILE, "This line is the header over again; it was left out.",
             "If it is a row, have every line read as a row."),
    FlagKind("second_table", E, FILE, "Another table begins in line {line}; it was not read (rows: {value}).",
             "Save it as its own file. If it isn't a table, have every line read as a row."),
    FlagKind("blocks_joined", N, FILE, "{value} blocks were read, each below its own titles; a column that a block lacks is "
             "blank in its rows."),
    FlagKind("line_of_totals", W, FILE, "This line looks like a total or a signature; it was left out.",
             "If it is a row, fill its other cells, or have every line read as a row."),
    FlagKind("line_of_title", N, FILE, "This line is a title of the rows below it; it was left out.",
             "If it is a row, have every line read as a row."),
    FlagKind("lines_blank", N, FILE, "Lines without any value were left out: {value}, the first is line {line}."),
    FlagKind("lines_numbered", N, FILE, "Lines with nothing but a running number were left out: {value}, the first is line {line}."),
    FlagKind("line_ruled", N, FILE, "Line {line} only draws a line; it was left out.",
             "If it is a row, have every line read as a row."),
    FlagKind("lines_wrapped", N, FILE, "Each whole line of this file is in quotation marks, which were removed.",
             "If each line is one cell, name the quotation mark."),
    FlagKind("sheet_chosen", N, FILE, "Sheet “{value}” was read; the others were not: {detail}.", "Name the sheet to be read."),
    FlagKind("sheet_unsure", W, FILE, "Sheet “{value}” was read, but others look like lists of people too: {detail}.",
             "Check that it is the right one, or name the sheet to be read."),
    FlagKind("merged_down", N, FILE, "Column “{value}” has cells merged downwards; their value counts for every row that they "
             "cover ({detail})."),
    FlagKind("merged_across", W, FILE, "Cells are merged across columns ({value}, the first in line {line}); their value counts "
             "for the first column, and the others are blank.", "Split the merged cells in the spreadsheet."),
    FlagKind("sheet_short", W, FILE, "The workbook says that its sheet goes down to row {value}; the last one found is row {line}.",
             "Look whether rows are missing: the file may be damaged."),
    FlagKind("web_page", W, FILE, "This is a web page under the name of a table; its first table was read.",
             "If something is missing, save it as .xlsx or CSV."),
    FlagKind("wraps_removed", N, FILE, "Column “{value}” has texts written as formulas ({detail}), by which spreadsheets keep "
             "zeros; the texts alone are read."),
    FlagKind("number_shortened", W, CELL, "“{value}” is how a spreadsheet shortens a long number; its last digits are not known.",
             "Give its column the format 0 in the spreadsheet, and save the file again."),
    FlagKind("key_shortened", E, ROW, "“{value}” is how a spreadsheet shortens a long number; its last digits are not known, so "
             "it identifies nobody.", "Give its column the format 0 in the spreadsheet, and save the file again."),
    FlagKind("value_not_shown", W, CELL, "“{value}” stands where a spreadsheet had no room for a number, or no date for it.",
             "Widen or correct the column in the spreadsheet, and save the file again."),
    FlagKind("null_shown", W, CELL, "“{value}” is how programs write that nothing is there; it is read as text.",
             "Clear the cell, or export the table again."),
    FlagKind("error_shown", W, CELL, "“{value}” is an error of a spreadsheet; it is read as a text.",
             "Correct the formula, or clear the cell."),
    FlagKind("column_hidden", N, FILE, "Column {value} is hidden in the workbook; it was read like the others."),
    FlagKind("rows_hidden", W, FILE, "Rows are hidden in the workbook ({value}, the first in line {line}); they were read like the "
             "others.", "Show them and remove those that shouldn't be imported, or leave hidden rows out."),
    FlagKind("hidden_skipped", W, FILE, "What is hidden in the workbook was left out: {value}."),
    FlagKind("formula", N, CELL, "Cell {value} holds a formula; the value that was last computed is used."),
    FlagKind("formula_refused", E, ROW, "Cell {value} holds a formula, which this import's settings refuse.",
             "Replace it by its value."),
    FlagKind("formula_error", W, CELL, "Cell {detail} shows the error {value}.", "Correct the formula, or clear the cell."),
    FlagKind("cell_beyond", E, ROW, "Cell {value} stands beyond the last column of the header.", "Move or clear it."),
    # headers
    FlagKind("source_recognised", N, FILE, "Recognised as {value}: {detail} and are read as that system means them.",
             "If it is something else, map its columns."),
    FlagKind("column_ignored", N, FILE, "These columns match no field and aren't imported ({value}): {detail}.",
             "Map a column to a field if it should count."),
    FlagKind("header_guessed", W, FILE, "Column “{value}” is imported as {detail}",
             "If it is something else, map it to that field, or leave it out."),
    FlagKind("header_doubted", W, FILE, "Column “{value}” is imported as {detail}.",
             "If it is something else, map it to that field, or leave it out."),
    FlagKind("column_spare", W, FILE, "Column “{value}” holds whole names; it is ignored. {detail}",
             "Leave the other columns out if this one should count."),
    FlagKind("column_rival", W, FILE, "Column “{value}” isn't imported: it may mean {detail}",
             "If it is the right one, map it to that field, and leave the other out."),
    FlagKind("column_left_out", N, FILE, "Column “{value}” is left out by this import's settings."),
    FlagKind("column_without_course", W, FILE, "Column “{value}” needs a column {detail}, which is not there; it is ignored.",
             "Add the column of the course, or give both the same number."),
    FlagKind("column_not_handled", W, FILE, "Column “{value}” ({detail}) is recognised but not handled by this import.", ""),
    FlagKind("host_not_handled", E, ROW, "The person of this row is of another host (“{value}”), not of this directory.",
             "Clear the cell if the person is of this one."),
    FlagKind("secret_not_handled", W, FILE, "Column “{value}” holds passwords; they were not read, and no password is set.",
             "People get an activation link instead."),
    FlagKind("password_unreadable", W, DROPPED, "The password of this row has signs that nobody can type; it is not set.",
             "Give another password."),
    FlagKind("password_masked", W, DROPPED, "Stars or a word stand where the password of this row was; it is not set.",
             "Fill in the password, or leave the cell blank."),
    FlagKind("password_hashed", W, DROPPED, "The password of this row is a hash of another system, which nobody can type; it is not "
             "set.", "Fill in the password itself, or leave the cell blank: people can get an activation link."),
    FlagKind("password_weak", W, CELL, "The password of this row is weak: it needs 8 characters, among them a digit, a small "
             "letter, a capital and another sign.", "Give a stronger one, or have it changed at the first sign-in."),
    FlagKind("password_refused", E, ROW, "The password of this row is weak, and this import's settings refuse those: it needs "
             "8 characters, among them a digit, a small letter, a capital and another sign.", "Give a stronger one."),
    FlagKind("password_weak_team", W, CELL, "The password of this row is weak, and {value} is an account of the team; it is not "
             "set. It needs 8 characters, among them a digit, a small letter, a capital and another sign.",
             "Give a stronger one."),
    FlagKind("password_missing", E, ROW, "A new person needs a password, and this row has none.",
             "Fill it, or let passwords come from elsewhere."),
    FlagKind("password_elsewhere", W, CELL, "This person signs in by {detail}; the password of the row is not set.",
             "Clear the cell, or change the sign-in method."),
    FlagKind("options_stay", W, FILE, "Options that the import added to profile fields stay: {value}."),
    FlagKind("passwords_stay", W, FILE, "Passwords of existing people were replaced and cannot go back: {value}."),
    FlagKind("column_overruled", N, FILE, "Column “{value}” is not applied: this import gives everybody “{detail}”."),
    # values
    FlagKind("too_long", E, ROW, "“{value}” is longer than the {detail} characters of {field}.", "Shorten it."),
    FlagKind("invisible_removed", N, CELL, "“{value}” held characters that nobody sees ({detail}); they are left out."),
    FlagKind("blanks_folded", N, CELL, "“{value}” held doubled or unusual spaces; it is used as “{detail}”."),
    FlagKind("text_twice", W, CELL, "“{value}” looks like text that was converted in a wrong encoding.",
             "Correct the cell, or export the list again as UTF-8.", suggests=True),
    FlagKind("text_entities", W, CELL, "“{value}” contains codes of a program instead of letters.", "Correct the cell.",
             suggests=True),
    FlagKind("text_lost", W, CELL, "“{value}” contains a question mark, as if a letter were lost.",
             "Correct the cell, or export the list again as UTF-8.", suggests=True),
    FlagKind("tags_removed", N, CELL, "“{value}” held mark-up; it is used as “{detail}”."),
    FlagKind("email_bad", E, ROW, "“{value}” is not an e-mail address: {detail}", "Correct the address."),
    FlagKind("email_odd", W, ROW, "“{value}” does not look like an e-mail address: {detail} It is stored as it stands.",
             "Correct the address."),
    FlagKind("email_bad_like", E, ROW, "“{value}” is not an e-mail address.", "Correct the address.", suggests=True),
    FlagKind("email_odd_like", W, ROW, "“{value}” does not look like an e-mail address. It is stored as it stands.",
             "Correct the address.", suggests=True),
    FlagKind("email_several", E, ROW, "“{value}” holds several e-mail addresses; a person has one. The first is “{detail}”.",
             "Leave one of them.", offers=True),
    FlagKind("email_unwrapped", N, CELL, "“{value}” is used as the address “{detail}”."),
    FlagKind("apostrophe_removed", N, CELL, "“{value}” begins with an apostrophe, by which spreadsheets keep zeros; it is used as "
             "“{detail}”."),
    FlagKind("email_bad_update", W, DROPPED, "“{value}” is not an e-mail address ({detail}); the stored one stays.",
             "Correct the address."),
    FlagKind("username_unclean", E, ROW, "Username “{value}” has characters that are not allowed; cleaned it would be “{detail}”.",
             "Change it, or let usernames be standardised."),
    FlagKind("username_cleaned", N, ROW, "Username “{value}” is used as “{detail}”."),
    FlagKind("username_cleaned_other", W, ROW, "Username “{value}” is used as “{detail}”, which belongs to somebody with another name "
             "and address.", "If the row is about somebody else, change its username."),
    FlagKind("username_nothing_left", E, ROW, "Nothing of username “{value}” is left without the characters that are not allowed.",
             "Write it in letters and digits."),
    FlagKind("username_numbered", W, ROW, "Username “{value}” is taken; “{detail}” is used."),
    FlagKind("username_blank_inside", W, ROW, "Username “{value}” has a space in it."),
    FlagKind("username_close", W, ROW, "Nobody has the username “{value}”, and somebody with this name or address has one that is "
             "almost the same.", "Use that username, or change it on their page if it is a new one.", suggests=True),
    FlagKind("username_twin", W, ROW, "Nobody has the username “{value}”, and “{detail}” has the same e-mail address, or the same "
             "name and birthday.", "Use that username, or say whether they are the same person.", offers=True),
    FlagKind("username_reserved", E, ROW, "Username “{value}” is reserved.", "Choose another."),
    FlagKind("name_single", W, ROW, "“{value}” is one word, so it is imported as the first name, without a last name.",
             "Write both names, with a space between them."),
    FlagKind("name_split", N, ROW, "“{value}” is imported as these first and last names: {detail}.",
             "If they are others, write “Last, First”."),
    FlagKind("phone_odd", W, CELL, "“{value}” does not look like a telephone number; it is stored as it stands.",
             "Correct it; begin with + and the country's code."),
    FlagKind("url_bad", W, DROPPED, "“{value}” isn't the address of a web page, so this cell won't be imported.",
             "Write it as https://example.org/page."),
    FlagKind("url_completed", N, CELL, "“{value}” is used as “{detail}”."),
    FlagKind("date_bad", W, DROPPED, "“{value}” isn't a valid date, so this cell won't be imported.", "Use YYYY-MM-DD."),
    FlagKind("date_unclear", W, DROPPED, "“{value}” may be {detail}, and no other date in its column tells which, so this "
             "cell won't be imported.", "Set date_order to day_first or month_first, or write 2027-01-31."),
    FlagKind("date_order", N, FILE, "The dates of column “{value}” are read with the {detail} first: some can be read in no "
             "other way.", "If that is wrong, set date_order to day_first or month_first."),
    FlagKind("country_unknown", W, DROPPED, "“{value}” isn't a recognised country, so this cell won't be imported.",
             "Use a two-letter code (ISO 3166-1) or a name.", suggests=True),
    FlagKind("country_gone", W, DROPPED, "“{value}” is several countries today, so this cell won't be imported.",
             "Name the one of today."),
    FlagKind("region_unknown", W, DROPPED, "“{value}” isn't a region of the country beside it, so this cell won't be imported.",
             "Use a code (ISO 3166-2) such as CA-QC.", suggests=True),
    FlagKind("language_unknown", W, DROPPED, "“{value}” isn't a recognised language, so this cell won't be imported.",
             "Use a code such as en or pt_br.", suggests=True),
    FlagKind("timezone_unknown", W, DROPPED, "“{value}” isn't a recognised time zone, so this cell won't be imported.",
             "Use a name such as Europe/Paris.", suggests=True),
    FlagKind("lookalike", W, CELL, "“{value}” mixes letters of two alphabets that look alike.", "Type it again.", suggests=True),
    FlagKind("lookalike_value", W, ROW, "“{value}” looks like “{detail}”, and is written otherwise.",
             "If they are the same, type one of them again."),
    FlagKind("mailbox_twin", W, ROW, "“{value}” is the same mailbox as “{detail}” of another row.",
             "If both rows are one person, write the address alike."),
    FlagKind("choice_unknown", W, DROPPED, "“{value}” isn't an option of {field} ({detail}), so this cell won't be imported.",
             "Use one of the listed options, spelled exactly as shown."),
    FlagKind("choice_unknown_required", E, ROW, "“{value}” isn't an option of {field} ({detail}), which a new person needs.",
             "Use one of the listed options, spelled exactly as shown."),
    FlagKind("choice_spelled", N, CELL, "“{value}” is used as the option “{detail}”."),
    FlagKind("choice_added", N, CELL, "“{value}” becomes an option of {field}.", "Correct the cell if it is a typing error."),
    FlagKind("choice_replaced", W, CELL, "“{value}” is not an option of {field}; “{detail}” is used.", ""),
    FlagKind("choice_left", W, CELL, "“{value}” is not an option of {field}; what is stored stays.", ""),
    FlagKind("number_bad", W, DROPPED, "“{value}” isn't a number, so this cell won't be imported.", "Write 1234.5."),
    FlagKind("boolean_unknown", W, DROPPED, "“{value}” is neither yes nor no, so this cell won't be imported.", "Write 1 or 0, yes or no."),
    FlagKind("action_unclear", E, ROW, "“{value}” in column {field} is neither yes nor no; nothing of the row is done.",
             "Write 1 or 0, yes or no."),
    FlagKind("zero_is_blank", W, CELL, "0 counts as blank here.", "Clear the cell, or enter a value."),
    FlagKind("auth_unknown", E, ROW, "“{value}” isn't a sign-in method that Enlist knows.", "Use one of: {detail}."),
    FlagKind("site_role_unknown", E, ROW, "“{value}” isn't a role on this site.", "Use one of: {detail}."),
    FlagKind("site_role_above", E, ROW, "The role “{value}” is above your own.", "Ask somebody of that rank to give it."),
    FlagKind("site_role_team", E, ROW, "The role “{value}” belongs to the team, and you may not change the team.",
             "Ask an administrator to add this person to the team."),
    FlagKind("merge_both", N, FILE, "Both people have this {detail}, and the person who stays keeps one: {value}."),
    # people
    FlagKind("username_missing", E, ROW, "There is no username in this row.", "Fill it, or set a pattern that generates usernames (username_from)."),
    FlagKind("key_missing", E, ROW, "This row names nobody: {detail} is blank.", "Fill it."),
    FlagKind("firstname_missing", E, ROW, "A new person needs a first name.", "Fill it, or exclude the row."),
    FlagKind("lastname_missing", E, ROW, "A new person needs a last name.", "Fill it, or exclude the row."),
    FlagKind("email_missing", E, ROW, "A new person needs an e-mail address.", "Fill it, or set a default for it."),
    FlagKind("email_lacking", W, ROW, "The new person has no e-mail address, and gets no messages.", "Fill it."),
    FlagKind("profile_missing", E, ROW, "A new person needs a value for {field}.", "Fill it, or set a default for it."),
    FlagKind("profile_taken", E, ROW, "“{value}” in {field} belongs to {detail} already, and nobody else may have it.",
             "Correct the value."),
    FlagKind("two_people", E, ROW, "This row's keys name two people: {value} and {detail}.", "Correct one of them."),
    FlagKind("ambiguous_key", E, ROW, "“{value}” belongs to several people ({detail}).", "Match by username instead."),
    FlagKind("key_of_several", E, ROW, "Rows with the {field} “{value}” are about different people. They differ in {detail}.",
             "Correct the key in these rows, or match people by another field."),
    FlagKind("same_person_twice", W, ROW, "This person appears more than once in this file (also line {detail}). Rows are "
             "applied in order.", "Leave it if the rows add up; otherwise exclude those that are wrong."),
    FlagKind("email_taken", E, ROW, "The e-mail address “{value}” belongs to {detail}.", "Correct the address."),
    FlagKind("email_shared", W, ROW, "The e-mail address “{value}” also belongs to {detail}.", ""),
    FlagKind("username_taken", E, ROW, "The username “{value}” belongs to somebody else ({detail}).", "Choose another."),
    FlagKind("username_made_taken", E, ROW, "The username “{value}”, made for this row, belongs to somebody with another name or "
             "address. “{detail}” is free.", "Correct the row, or number such usernames (number_made_usernames).", offers=True),
    FlagKind("administrator_protected", E, ROW, "{value} is an administrator; imports do not change administrators.",
             "Change them manually."),
    FlagKind("administrator_detail", W, CELL, "{value} is an administrator: {field} is not changed by imports.", ""),
    FlagKind("above_detail", W, CELL, "{value} ranks above you: {field} is not changed by your imports.", ""),
    FlagKind("own_detail", W, CELL, "{value} is you: {field} is not changed by your own imports.", ""),
    FlagKind("team_detail", W, CELL, "{value} belongs to the team, and you may not change the team: {field} stays as it is.",
             "Ask an administrator to change it."),
    FlagKind("leaving_protected", W, CELL, "{value} is an administrator, you, or of a team that you may not change: no leaving "
             "date is set.", "Set it manually, or leave the cell blank."),
    FlagKind("exists_skipped", N, ROW, "{value} exists already; existing people are skipped by this import's settings.", ""),
    FlagKind("unknown_skipped", N, ROW, "{value} is not known; new people are not created by this import's settings.", ""),
    FlagKind("delete_refused", W, ROW, "The row asks to delete {value}, which is not allowed by this import's settings; nothing "
             "of it is done.", "Allow deletes, or clear the cell."),
    FlagKind("delete_unknown", E, ROW, "The row asks to delete {value}, who doesn't exist.", "Check the username."),
    FlagKind("delete_above", E, ROW, "{value} ranks above you; your imports do not delete them.", "Ask somebody of that rank."),
    FlagKind("delete_self", E, ROW, "{value} is you; nobody is deleted by their own import.", "Ask another administrator."),
    FlagKind("delete_team", E, ROW, "{value} belongs to the team, and you may not change the team; they are not deleted.",
             "Ask an administrator."),
    FlagKind("rename_team", E, ROW, "{value} belongs to the team, and you may not change the team; they are not renamed.",
             "Ask an administrator."),
    FlagKind("rename_above", E, ROW, "{value} ranks above you; your imports do not rename them.", "Ask somebody of that rank."),
    FlagKind("rename_self", E, ROW, "{value} is you; nobody is renamed by their own import.", "Rename yourself manually."),
    FlagKind("delete_administrator", E, ROW, "{value} is an administrator; imports do not delete administrators.",
             "Delete them manually."),
    FlagKind("rename_refused", W, ROW, "The row asks to rename {value} to {detail}, which is not allowed by this import's "
             "settings; nothing of it is done.", "Allow renames, or clear the old username."),
    FlagKind("rename_unknown", E, ROW, "The row asks to rename {value}, who doesn't exist.", "Check the old username."),
    FlagKind("rename_taken", E, ROW, "{detail} cannot be called “{value}”: somebody is called so already.", "Choose another name."),
    FlagKind("rename_administrator", E, ROW, "{value} is an administrator; imports do not rename administrators.",
             "Rename them manually."),
    FlagKind("updated_too", N, ROW, "Besides the name, other things of {value} change."),
    FlagKind("beside_details", W, ROW, "Interests or system roles of {value} change, and no other detail."),
    FlagKind("username_of_another", W, ROW, "The username “{value}” belongs to somebody with another e-mail address; the row is "
             "skipped.", "Correct the username or the address."),
    FlagKind("not_allowed", W, CELL, "{field} = “{value}” is not allowed by this import's settings.", ""),
    FlagKind("edit_overwritten", N, CELL, "Somebody edited {field} manually: “{value}” in the file replaces “{detail}”."),
    FlagKind("edit_kept", N, CELL, "Somebody edited {field} manually: “{detail}” stays, and “{value}” isn't imported."),
    FlagKind("edit_asked", W, DROPPED, "Somebody edited {field} manually, so this cell waits: keep “{detail}”, or take “{value}” "
             "from the file.", "Decide in the review, or set manual_edits to file_wins or edit_wins for this field.", offers=True),
    FlagKind("blank_wipes", W, CELL, "A blank cell wipes {field} “{detail}”.", "Fill the cell, or let blank cells count as missing."),
    FlagKind("blank_kept", W, CELL, "A blank cell does not wipe {field}; “{detail}” stays.", "Change it manually."),
    # courses
    FlagKind("course_blank", W, CELL, "“{value}” stands here and {detail} is blank: it is ignored.", "Name the course."),
    FlagKind("course_unknown", W, DROPPED, "There is no course “{value}”; the person is not enrolled in it.",
             "Use the course's short name."),
    FlagKind("course_unknown_row", E, ROW, "There is no course “{value}”.", "Use the course's short name."),
    FlagKind("role_unknown", W, DROPPED, "There is no course role “{value}”; the person is not enrolled in {detail}.",
             "Use the role's short name."),
    FlagKind("type_unknown", W, DROPPED, "“{value}” isn't an enrolment type (1, 2 or 3); the person isn't enrolled in {detail}.", ""),
    FlagKind("course_group_unknown", W, DROPPED, "Course {detail} has no group “{value}”; nobody joins it.",
             "Use one of its groups, or let groups be created."),
    FlagKind("course_closed", W, DROPPED, "Nobody is enrolled in course “{value}” by files; the person is not enrolled in it.",
             "Let its people be enrolled by files, or name another course."),
    FlagKind("course_of_group", W, CELL, "Groups decide about the course “{value}”: the enrolment of this person stays {detail}.",
             "Change the groups of the person, or the courses of the groups."),
    FlagKind("period_bad", W, CELL, "“{value}” is no number of days; the enrolment has no end.", "Write whole days, such as 30."),
    FlagKind("period_cut", W, CELL, "“{value}” days are counted as {detail}.", "Write whole days."),
    FlagKind("start_bad", W, DROPPED, "“{value}” isn't a valid date; the enrolment starts as if the cell were blank.", "Write 2027-01-31."),
    FlagKind("start_read", W, CELL, "“{value}” is read as {detail}: the month first.", "Write 2027-01-31."),
    FlagKind("status_bad", W, DROPPED, "“{value}” is neither 0 (active) nor 1 (suspended), so this cell won't be imported.", ""),
    FlagKind("system_role_unknown", W, DROPPED, "There is no system role “{value}” that files can give.",
             "Use the role's short name."),
    FlagKind("cohort_unknown", W, DROPPED, "There is no cohort “{value}”; the person does not join it.",
             "Use a cohort's ID number, or let cohorts be created."),
    FlagKind("cohort_closed", W, DROPPED, "Who is in cohort “{value}” is decided by its conditions; nobody joins it by a file.",
             "Change the conditions, or name another cohort."),
    FlagKind("groups_unread", W, DROPPED, "“{value}” has a quotation mark in the wrong place, so this cell won't be imported.",
             "Put a name that contains ; or | into double quotes, and write a quotation mark inside twice."),
    FlagKind("groups_spelled", N, CELL, "“{value}” is used as “{detail}”, the spelling of an existing group."),
    FlagKind("groups_twin", W, CELL, "The group “{value}” wasn't made by an import, so it doesn't change; a second group with "
             "this name is created.", "Rename one of the two groups, or correct the cell."),
    FlagKind("groups_left", W, CELL, "The cell names no group, so the person leaves {value}.",
             "Name the groups, or leave the column out if it isn't complete."),
    # the run
    FlagKind("groups_off", W, FILE, "Column “{value}” isn't imported: this import's settings don't use a column of groups.",
             "Set group_column = add or mirror."),
    FlagKind("leaving_off", W, FILE, "Column “{value}” isn't imported: this import's settings don't use leaving dates.",
             "Leave the column out, or use an import that updates a complete list."),
    FlagKind("cohorts_off", W, FILE, "Column “{value}” isn't imported: groups come from column “{detail}”.",
             "Leave one of the two columns out."),
    FlagKind("groups_no_column", N, FILE, "The file has no column of groups, so nobody joins or leaves a group because of it."),
    FlagKind("import_stopped", E, FILE, "Rows with errors or with cells that can't be imported: {value}. This import's settings ask for "
             "all or nothing, so nothing is imported.", "Correct these rows and plan again."),
    FlagKind("active_over", W, FILE, "More people with the role {value} would be active than allowed: {detail}.",
             "Exclude rows, deactivate others, or have the limit raised."),
    FlagKind("active_refused", E, FILE, "More people with the role {value} would be active than allowed: {detail}. This import's "
             "settings refuse that, so nothing is imported.", "Exclude rows, deactivate others, or have the limit raised, and plan again."),
    FlagKind("absence_scope", N, FILE, "Active people who are not in the file: {value}, of {detail}."),
    FlagKind("absent_deactivated", W, FILE, "Active people who are not in the file become inactive: {value}."),
    FlagKind("absent_marked", W, FILE, "Active people who are not in the file leave on {detail}: {value}."),
    FlagKind("absent_leaving", N, FILE, "Active people who are not in the file and already have a leaving date: {value}."),
    FlagKind("listed_stay", N, FILE, "People who are in the file again and no longer leave: {value}."),
    FlagKind("absent_kept", N, FILE, "Active people who are not in the file and stay active: {value} ({detail})."),
    FlagKind("absence_empty", W, FILE, "The file names nobody; nobody becomes inactive for not being in it ({value} would).",
             "Choose another file."),
    FlagKind("absence_waits", W, FILE, "Nobody becomes inactive for not being in the file ({value} would): who is meant on "
             "{detail} cannot be read.", "Correct these rows, or have an administrator approve."),
    FlagKind("absence_shrunk", W, FILE, "Nobody becomes inactive for not being in the file ({value} would): it has {detail} rows "
             "of the last one, as if its end were missing.", "Check that it is whole, or have an administrator approve."),
    FlagKind("absence_held", W, FILE, "Nobody becomes inactive for not being in the file before somebody approves it ({value} "
             "would): {detail}."),
    FlagKind("limit_exceeded", E, FILE, "This is over the limits, so nothing is planned: {detail}.",
             "Have it approved by somebody who may, then plan it as approved."),
    FlagKind("row_excluded", N, ROW, "This row was excluded manually.", "Include it again."),
    FlagKind("row_held", W, ROW, "This row waits for an approval: {detail}."),
    FlagKind("kept_changed_since", W, CELL, "{value}: {field} was changed since the import and is kept.", ""),
    FlagKind("kept_person_changed", W, ROW, "{value} was changed or has signed in since the import: deactivated, not removed.", ""),
    FlagKind("kept_taken", W, CELL, "{value}: {field} “{detail}” belongs to somebody else now; the present one is kept.", ""),
    FlagKind("gone_since", N, ROW, "The person of this row is no longer there; nothing of theirs goes back."),
    FlagKind("not_restored", W, ROW, "{value} does not come back: the username or e-mail address belongs to somebody else now.",
             "Change the other person's, and undo again."),
    FlagKind("group_gone", W, ROW, "{value} does not come back into a {field} that is not there any more.", ""),
    FlagKind("group_kept", W, FILE, "Cohort “{value}” is kept: others have joined it, or it was renamed, since the import.", ""),
    FlagKind("course_group_kept", W, FILE, "Group “{value}” of course {detail} is kept: others have joined it, or it was "
             "renamed, since the import.", ""),
    FlagKind("condition_kept", W, FILE, "Condition “{value}” is kept: it was changed or given to groups since.", ""),
)  # fmt: skip

FLAGS: Final = {kind.code: kind for kind in _KINDS}
ROW_ERRORS: Final = tuple(k.code for k in _KINDS if k.level is E and k.scope is ROW)
ERRORS: Final = tuple(k.code for k in _KINDS if k.level is E)
WARNINGS: Final = tuple(k.code for k in _KINDS if k.level is W)
# What the file's owner has to correct so that all of it is imported: rows that are out, and cells.
NOT_IMPORTED: Final = tuple(k.code for k in _KINDS if k.level is E or k.scope is DROPPED)
DROPPED_CELLS: Final = tuple(k.code for k in _KINDS if k.scope is DROPPED)
