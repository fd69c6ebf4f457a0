"""The page of the 27 properties says what the tests say."""

from tests.evidence import properties


def test_the_page_of_properties_is_what_the_tests_name() -> None:
    assert properties.PAGE.read_text(encoding="utf-8") == properties.page(), (
        "python -m tests.evidence.properties"
    )


def test_a_property_without_a_test_is_said_to_be_open() -> None:
    without = {number for number, names in properties.tests().items() if not names}
    assert without <= properties.OPEN.keys()
