"""XML that others wrote: submissions of another server's tests, and files made to do harm."""
import os
import re
import time
from pathlib import Path

import pytest

from forms.form import library
from forms.model.writing import WrongInstance
from forms.submission import from_xml, meta_of, parsed

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir() and not os.environ.get("CI"), reason="needs ../shared/corpus")


@needs_corpus
def test_submissions_of_other_servers_tell_their_identity():
    files = [path for path in (CORPUS / "submission_fixtures").rglob("*.xml") if "instances" in path.parts]
    assert len(files) > 50
    for path in files:
        xml = path.read_bytes()
        told = re.search(rb"<(?:\w+:)?meta[^>]*>\s*<(?:\w+:)?instanceID>([^<]*)", xml)
        assert meta_of(parsed(xml)).get("instanceID", "").encode() == (told[1] if told else b""), path


@needs_corpus
def test_hostile_xml_ends_soon_and_is_no_submission():
    _, form = library("housing-census")
    files = [path for path in (CORPUS / "robustness" / "xml_attacks").rglob("*") if path.is_file() and path.suffix == ".xml"]
    assert files
    for path in files:
        began = time.thread_time()
        with pytest.raises(WrongInstance):
            from_xml(form, path.read_bytes())
        assert time.thread_time() - began < 5, path
