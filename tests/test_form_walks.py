"""Whole forms filled from their first question to their last by HTTP alone: the bundled ones, and real ones of others."""
import os
from pathlib import Path

import pytest

from forms.form import LIBRARY, FormError, library, load
from survey.preview import preview_app
from tests.form_walker import Http, Walker, is_done

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "forms"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir() and not os.environ.get("CI"), reason="needs ../shared/corpus")
DOZEN = ["household/socio_economic_survey_fr_en.xlsx", "features/odk_all_question_types.xlsx", "features/pyxform_widgets.xls",
         "features/kpi_nested_repeats.xls", "features/kpi_data_types.xls", "features/pyxform_choice_filter.xlsx",
         "features/pyxform_or_other.xlsx", "features/pyxform_loop.xlsx", "features/liberia_standardisation.xlsx",
         "features/onadata_childrens_survey_sw_en.xlsx", "features/onadata_external_choices_v1.xlsx",
         "features/ifrc_site_assessment.xlsx"]


def walked(of, variant=0, entries=1):
    return Walker(Http(preview_app(of)), is_done, variant, entries).walk()


@pytest.mark.parametrize("variant", [0, 1])
@pytest.mark.parametrize("key", LIBRARY)
def test_a_bundled_form_is_filled_from_first_to_last_question_by_http_alone(key, variant):
    assert walked(library(key)[1], variant, entries=2).seen


@needs_corpus
@pytest.mark.parametrize("name", DOZEN)
def test_a_form_of_others_is_filled_from_first_to_last_question_by_http_alone(name):
    path = CORPUS / name
    assert walked(load(path.read_bytes(), path.stem)).seen


@pytest.mark.long
@needs_corpus
def test_every_form_of_others_that_loads_is_filled_by_http_alone():
    filled = 0
    for path in sorted(CORPUS.glob("*/*.xls*")):
        try:
            found = load(path.read_bytes(), path.stem)
        except FormError:
            continue
        for variant in (0, 1):
            walked(found, variant)
        filled += 1
    assert filled >= 41
