"""The application object for gunicorn and the flask command."""

import sys

from config import SettingsInvalid
from portal import create_app

try:
    app = create_app()
except SettingsInvalid as invalid:
    sys.exit(str(invalid))
