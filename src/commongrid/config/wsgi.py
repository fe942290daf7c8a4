"""The application as a server calls it, behind the probes; it refuses to start as a mighty database role."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "commongrid.config.settings")

from django.core.wsgi import get_wsgi_application
from django.db import connection

from commongrid.config.guard import demand_app_role
from commongrid.config.probes import watched

application = watched(get_wsgi_application())
with connection.cursor() as _cursor:
    demand_app_role(_cursor)
connection.close()
