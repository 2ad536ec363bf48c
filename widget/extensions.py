"""The Flask extensions, unbound, and the settings; `widget/app.py` binds them."""

from typing import cast

from flask import current_app
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect

from widget.config import Settings

SETTINGS = "byline"

babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address)
login = LoginManager()
migrate = Migrate()


def settings() -> Settings:
    """Return the settings of the application at work."""
    return cast(Settings, current_app.extensions[SETTINGS])
