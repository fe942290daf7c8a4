"""allauth's settings, each with its reason; imported by ``config.settings``."""

from __future__ import annotations

from commongrid.config.env import env

ACCOUNT_ADAPTER = "commongrid.surfaces.console.sign_in_adapter.AccountAdapter"
ACCOUNT_FORMS = {"login": "commongrid.surfaces.console.sign_in_forms.LoginForm"}
MFA_FORMS = {
    "add_webauthn": "commongrid.surfaces.console.sign_in_forms.AddKey",
    "authenticate_webauthn": "commongrid.surfaces.console.sign_in_forms.KeyAsSecond",
    "login_webauthn": "commongrid.surfaces.console.sign_in_forms.KeyAlone",
    "reauthenticate_webauthn": "commongrid.surfaces.console.sign_in_forms.KeyAgain",
}
MFA_ADAPTER = "commongrid.surfaces.console.sign_in_adapter.SecondFactorAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an e-mail address is optional; nobody is let in by it
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if env.SECURE else "http"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",  # a whole village or office may sit behind one address
    "login_failed": "120/m/ip,5/5m/key",  # per login name it stays strict
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "signup": "1/m/ip",
}
ALLAUTH_TRUSTED_PROXY_COUNT = env.PROXIES
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Commongrid"
MFA_TOTP_TOLERANCE = 1  # phones' clocks are off by half a minute
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.SECURE
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
USERSESSIONS_TRACK_ACTIVITY = False  # no write on every request, and no track of where somebody was
SOCIALACCOUNT_ADAPTER = "commongrid.surfaces.console.sign_in_provider.SingleSignOnAdapter"
SOCIALACCOUNT_STORE_TOKENS = False  # we ask the provider who it is, and nothing else
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address is no proof of who somebody is here
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
