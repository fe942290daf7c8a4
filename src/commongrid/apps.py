"""The one Django application."""

from __future__ import annotations

from django.apps import AppConfig


class CommongridConfig(AppConfig):
    """Every module's tables under one label and one chain of migrations."""

    name = "commongrid"
    label = "commongrid"
    verbose_name = "Commongrid"
    default_auto_field = "django.db.models.BigAutoField"
