"""What a WSGI server runs: `gunicorn survey.wsgi:app`."""
from campaigns.installation import Installation
from campaigns.settings import Settings
from survey.app import create_app

app = create_app(Installation(Settings.read()))
