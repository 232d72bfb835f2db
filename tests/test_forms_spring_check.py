"""The bundled spring check: who on file still lives here, who is new, who has left."""
from forms.form import library
from tests.forms_inline import checked, person, said

FORM = library("spring-check")[1]


def resident(status, **changes):
    return {name: value for name, value in person(**changes).items() if name in FORM.by_name["person"]} | {"status": status}


def spring(*people):
    return checked(FORM, dwelling_use="residential", tenure="rented", contact_name="王小明", person=list(people))


def test_the_spring_check_counts_who_is_here_new_and_left():
    result = spring(*map(resident, ("here", "new", "here")), {"name": "李四", "status": "left", "sex": "1"})
    assert said(result) == {}
    assert [result.answers[name] for name in ("here_count", "new_count", "left_count")] == ["2", "1", "1"]
    assert result.answers["person"][3] == {"name": "李四", "status": "left"}


def test_somebody_who_has_left_needs_no_document():
    assert said(spring({"name": "李四", "status": "left"})) == {}


def test_somebody_new_needs_a_document():
    assert ("person", 0, "id_type") in said(spring({"name": "李四", "status": "new"}))


def test_the_id_of_a_resident_is_checked_as_in_the_census():
    assert "does not match the sex" in said(spring(resident("new", sex="1") | {"sex": "2"}))["person", 0, "id_number"]
