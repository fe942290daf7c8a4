"""Django looks for tables here; they live in the modules."""

from __future__ import annotations

from commongrid.accounts.exporting.models import *
from commongrid.accounts.models import *
from commongrid.insight.models import *

# ruff: noqa: F403
from commongrid.journal.models import *
from commongrid.matters.importing.models import *
from commongrid.matters.models import *
from commongrid.notices.models import *
from commongrid.outreach.models import *
from commongrid.registry.importing.models import *
from commongrid.registry.joining.models import *
from commongrid.registry.keeping.models import *
from commongrid.registry.models import *
from commongrid.roster.dividing.models import *
from commongrid.roster.models import *
from commongrid.territory.models import *
