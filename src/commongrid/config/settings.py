"""Django's settings. What differs between installations comes from ``config.env``; everything else is decided here."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from commongrid.config import keys as keyring
from commongrid.config.env import env

PACKAGE = Path(__file__).resolve().parent.parent
DATA = env.DATA
SCHEMA = env.SCHEMA
KEYS = keyring.load(DATA)
SEALING = keyring.Sealing(DATA)
SECRET_KEY = KEYS.secret
JOURNAL_KEY = KEYS.fingerprint
DEBUG = env.DEBUG
AS_OWNER = os.environ.get("COMMONGRID_AS") == "owner"
"""Whether this process migrates or re-codes; the server never does."""

ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", urlsplit(env.ADDRESS).hostname or "localhost", *env.HOSTS]
CSRF_TRUSTED_ORIGINS = [env.ADDRESS]
ADDRESS = env.ADDRESS
PROXIES = env.PROXIES
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
    "csp",
    "commongrid",
]
MIDDLEWARE = [
    "commongrid.surfaces.shared.middleware.log_request",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "commongrid.surfaces.shared.middleware.plain_cookies",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "commongrid.surfaces.shared.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "commongrid.surfaces.shared.sessions.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "commongrid.surfaces.shared.middleware.doors_only",
]
ROOT_URLCONF = "commongrid.config.urls"
WSGI_APPLICATION = "commongrid.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "commongrid.Account"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "surfaces" / surface / "templates" for surface in ("shared", "console", "public")],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "commongrid.surfaces.shared.context.page",
            ],
            "libraries": {
                "shared_tags": "commongrid.surfaces.shared.templatetags.shared_tags",
                "console_tags": "commongrid.surfaces.console.templatetags.console_tags",
            },
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "commongrid.surfaces.shared.templatetags.shared_tags",
                "commongrid.surfaces.console.templatetags.console_tags",
            ],
        },
    },
]


def _database(url: str) -> dict[str, object]:
    """A connection from its URL; the schema is the session's search path, never a name in a query."""
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": False,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {"options": f"-c search_path={SCHEMA},extensions,pg_temp"},
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }


DATABASES = {"default": _database(env.DATABASE_OWNER_URL if AS_OWNER else env.DATABASE_URL)}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entries",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

# sign-in
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "commongrid.accounts.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/console/post/"
LOGOUT_REDIRECT_URL = "/"
SESSION_ENGINE = "commongrid.surfaces.shared.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.SECURE
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "cg_session", "cg_csrf"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "commongrid.surfaces.shared.errors.csrf_failure"

# language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "cg_language"
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["commongrid.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# files
STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "static"] if (PACKAGE / "static").exists() else []
STATIC_ROOT = DATA / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9A-Za-z_-]{8,}\..+$"
FILES = {"location": DATA / "files", "file_permissions_mode": 0o600, "directory_permissions_mode": 0o700}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": FILES},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# security
OIDC = env.OIDC
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.PROXIES else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, OIDC.origin] if OIDC else [SELF],  # a form leads on to the single sign-on
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "worker-src": [SELF, "blob:"],
        "manifest-src": [SELF],
    },
}
NOTICES = env.NOTICES
TILES = env.TILES
_mail = urlsplit(env.EMAIL_URL)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail.hostname else 'locmem'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _mail.hostname or "localhost", _mail.port or 587
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp"
EMAIL_TIMEOUT = 10
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

from commongrid.config.logs import LOGGING, LOGGING_CONFIG  # noqa: E402, F401 - read above, used by Django
from commongrid.config.sign_in import *  # noqa: E402, F403 - allauth's many settings, each with its reason
