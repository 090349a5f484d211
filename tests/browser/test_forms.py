"""Forms, filled in by keyboard alone: errors get the focus, and no input is lost."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit


def focused(page: Page) -> str:
    """The name of the input that has the focus, or the tag of anything else."""
    return str(page.evaluate("document.activeElement.name || document.activeElement.localName"))


def keys(page: Page, *pressed: str) -> None:
    """Type words, and press the keys among them."""
    for each in pressed:
        if each in ("Tab", "Enter", "Delete", "ControlOrMeta+A"):
            page.keyboard.press(each)
        else:
            page.keyboard.type(each)


def refused(visit: Visit) -> None:
    """Wait until the form is back with what is wrong, which has the focus."""
    expect(visit.page.locator("error-summary")).to_be_focused()
    # The browser tells its console of an answer that refuses a form.
    assert [told for told in visit.wrong if "422" not in told] == []
    visit.wrong.clear()
    assert visit.violations() == []


def test_a_group_with_a_number_that_is_taken(visit: Visit) -> None:
    page = visit.page
    visit.go("/groups/")
    page.get_by_label("Name (required)").focus()
    keys(page, "Night shift", "Tab", "n1", "Enter")
    expect(page.get_by_text("Added Night shift.")).to_be_visible()
    page.get_by_label("Name (required)").focus()
    keys(page, "Day shift", "Tab", "n1", "Enter")
    refused(visit)

    keys(page, "Tab", "Enter")
    assert focused(page) == "idnumber"
    described = page.get_by_label("ID number").get_attribute("aria-describedby")
    assert described == "id_idnumber_helptext id_idnumber_error"
    expect(page.locator("#id_idnumber_error")).to_contain_text("Night shift already has the ID number n1.")
    keys(page, "ControlOrMeta+A", "n2", "Enter")
    expect(page.get_by_text("Added Day shift.")).to_be_visible()


def test_a_person_with_dates_choices_and_a_wrong_address(visit: Visit) -> None:
    page = visit.page
    visit.go("/add-person/")
    page.get_by_label("Username").focus()
    keys(page, "swan", "Tab", "Swan", "Tab", "Lake", "Tab", "nonsense")
    page.get_by_label("Country").select_option(label="Germany")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Birthday").fill("2011-02-03")
    page.get_by_label("May be in photographs").select_option(label="yes")
    page.get_by_label("E-mail").press("Enter")
    refused(visit)

    keys(page, "Tab", "Enter")
    assert focused(page) == "email"
    keys(page, "ControlOrMeta+A", "swan@x.example", "Enter")
    expect(page.get_by_text("Added swan.")).to_be_visible()
    visit.go("/people/swan/edit/")
    expect(page.get_by_label("Birthday")).to_have_value("2011-02-03")
    expect(page.get_by_label("Country")).to_have_value("DE")
    page.get_by_label("Birthday").fill("2011-02-04")
    visit.press("Save")
    expect(page.get_by_text("Changed 1 value.")).to_be_visible()


def test_somebody_unknown_is_not_taken_into_the_team(visit: Visit) -> None:
    page = visit.page
    visit.go("/team/")
    page.get_by_label("Username").fill("nobody.here")
    page.get_by_label("Username").press("Enter")
    refused(visit)

    expect(page.locator("#id_username_error")).to_contain_text("Nobody has the username “nobody.here”.")
    assert page.get_by_label("Username").input_value() == "nobody.here"


def test_a_password_that_is_wrong_or_differs_is_refused_at_its_field(visit: Visit) -> None:
    page = visit.page
    visit.go("/own-password/")
    assert focused(page) == "current"
    keys(page, "not the password", "Tab", "walnut harbour ribbon", "Tab", "walnut harbor ribbon", "Enter")
    refused(visit)
    expect(page.locator("#id_again_error")).to_contain_text("The new passwords differ.")

    page.get_by_label("Current password").focus()
    keys(page, "not the password", "Tab", "walnut harbour ribbon", "Tab", "walnut harbour ribbon", "Enter")
    refused(visit)
    keys(page, "Tab", "Enter")
    assert focused(page) == "current"
    expect(page.locator("#id_current_error")).to_contain_text("The current password is wrong.")


def test_a_filter_that_is_wrong_is_marked_and_lists_nobody(visit: Visit) -> None:
    page = visit.page
    visit.go("/people/")
    page.get_by_label("By import", exact=True).focus()
    keys(page, "seven", "Enter")
    expect(page.locator("#import_error")).to_contain_text("This isn't the number of an import.")
    assert page.get_by_label("By import", exact=True).get_attribute("aria-describedby") == "import_error"
    assert visit.violations() == []
    visit.wrong[:] = [told for told in visit.wrong if "422" not in told]
    page.get_by_label("By import", exact=True).focus()
    keys(page, "ControlOrMeta+A", "Delete", "Enter")
    expect(page.locator(".people-list tbody tr").first).to_be_visible()
