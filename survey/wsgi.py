"""What a WSGI server runs: `gunicorn survey.wsgi:app`."""
import gc

import pyxform.xls2xform  # noqa: F401  loaded before anybody asks for a form

from campaigns.installation import Installation
from campaigns.settings import Settings
from survey import memory
from survey.app import create_app

app = create_app(Installation(Settings.read()))

# Whatever is loaded by now lives as long as the process: the collector need not walk it again (a tenth of a request's time).
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
memory.into_large_pages()
