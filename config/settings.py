"""Settings: what the environment says, else what a first start on one machine needs."""

from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from environs import Env

from config.embedded import addresses_for_settings, data_folder, secret_key
from config.unfold import UNFOLD  # noqa: F401 - a setting by its name

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = data_folder()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key(DATA_DIR)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Apps ----------------------------------------------------------------------------

INSTALLED_APPS = [
    # Before the admin, whose templates it replaces.
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Before staticfiles, so that runserver and gunicorn serve the same files the same way.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    # Exclusion constraints over ranges need its lookups.
    "django.contrib.postgres",
    "django.contrib.humanize",
    "import_export",
    "rest_framework",
    "rest_framework_api_key",
    "drf_spectacular",
    "django_celery_beat",
    "django_countries",
    "pgtrigger",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "publishers",
    "commissions",
    "referrals",
    "compliance",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.security.ContentSecurityPolicyMiddleware",
    "publishers.public.click.ClickMiddleware",
    "publishers.api.frame.ApiMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "publishers.public.devices.DeviceMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "publishers.public.second_factor.StaffSecondFactorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "publishers.public.pages.frame_of_page",
                "publishers.portal.pages.settings_frame",
            ],
        },
    },
]

# --- Database ------------------------------------------------------------------------

_servers = addresses_for_settings(DATA_DIR)


def _database(url: str) -> dict[str, Any]:
    """The database of `url`; one connection a thread, kept, and checked before its use."""
    config: dict[str, Any] = {
        **dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    }
    if config.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured(
            "DATABASE_URL does not name a PostgreSQL database. Permille keeps its promises "
            "there: give postgres://USER:PASSWORD@HOST/NAME, or unset it to use the embedded one."
        )
    # Only for what asks for it (publishers.prepared): Django's own cursors prepare nothing.
    config["OPTIONS"] = {"prepare_threshold": 0, **config.get("OPTIONS", {})}
    return config


DATABASES = {"default": _database(_servers.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Broker and cache ----------------------------------------------------------------

_redis_url = env.str("REDIS_URL", default="") or _servers.redis_url
CELERY_BROKER_URL = env.str("BROKER_URL", default="") or _redis_url
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than any task: a message unacknowledged for longer is delivered a second time.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "global_keyprefix": env.str("PERMILLE_KEY_PREFIX", default="permille:"),
}
# A worker that dies gives its task back, and holds no others that would wait for it.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# Results are rows of the domain; the broker keeps none.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _redis_url,
        "KEY_PREFIX": env.str("PERMILLE_KEY_PREFIX", default="permille:") + "cache",
        # What only counts calls must not hold them up.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

# --- People --------------------------------------------------------------------------

AUTH_USER_MODEL = "publishers.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "public:sign_in"
LOGIN_REDIRECT_URL = "admin:index"

# --- Sign-in -------------------------------------------------------------------------

# It is a backend of Django's with e-mail addresses; all ways in lead through its stages.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_ADAPTER = "publishers.public.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "confirm_email_verification_code": "publishers.public.codes.AddressCodeForm",
    "confirm_password_reset_code": "publishers.public.codes.PasswordCodeForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
# Nobody is written to because somebody else typed their address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 10 * 60
# Counted in the cache; what is not named here has the library's own limit.
ACCOUNT_RATE_LIMITS: dict[str, str] = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "10/m/ip,60/h/ip",
}
# How many proxies of ours stand before the site: whose word on a visitor's address is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PERMILLE_PROXIES", default=0)
MFA_ADAPTER = "publishers.public.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Permille"

# --- Language and time ---------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ---------------------------------------------------------------------------

STATIC_URL = "static/"
# Files are served from where they lie, whatever DEBUG says; they are collected (into the
# folder named here) only where another server is to serve them.
STATIC_ROOT = env.str("STATIC_ROOT", default="") or None
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "media/"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- Security ------------------------------------------------------------------------

# Says that people reach the site by HTTPS. A demo on localhost does not, and cookies marked
# "secure" would then lock everyone out; so it is said, not guessed from DEBUG.
HTTPS = env.bool("PERMILLE_HTTPS", default=False)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = env.int("PERMILLE_HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Passkeys are for HTTPS; a demo on localhost may try them without.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# Staff need a second factor before the back office opens.
PERMILLE_STAFF_SECOND_FACTOR = env.bool("PERMILLE_STAFF_SECOND_FACTOR", default=HTTPS)
# Only behind a proxy that sets the header itself: anyone else could claim to be secure.
if env.bool("PERMILLE_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Interfaces ----------------------------------------------------------------------

REST_FRAMEWORK = {
    # A view that says nothing of itself is closed: see publishers.api.views.ApiView.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "publishers.api.callers.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["publishers.api.callers.MayCall"],
    "DEFAULT_RENDERER_CLASSES": ["publishers.api.rendering.Json"],
    "DEFAULT_PARSER_CLASSES": ["publishers.api.bodies.StrictJson"],
    "DEFAULT_SCHEMA_CLASS": "publishers.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "publishers.api.problems.problem",
    # An address says what is asked for; the form of the answer is said by a header.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.0",
    "TITLE": "Permille",
    "VERSION": "1",
    "DESCRIPTION": (
        "Orders, money, rules, sources and cases of an affiliate network. Amounts are whole cents "
        "beside their currency, rates hundredths of a percent, times RFC 3339 with their offset, "
        "periods half-open: `from` is in them, `to` is not. Sentences are in the language that "
        "`Accept-Language` asks for, English or Russian."
    ),
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # The body of a change says itself which of its parts may be left out.
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "publishers.api.schema.with_problems",
        "config.api.words.in_the_language",
    ],
}
# Calls a minute of one key, or of one person in a browser.
PERMILLE_API_LIMITS = {
    "read": env.int("PERMILLE_API_READS", default=600),
    "write": env.int("PERMILLE_API_WRITES", default=60),
}
# Bytes of one feed file given over the API.
PERMILLE_API_LARGEST_FEED = env.int("PERMILLE_API_LARGEST_FEED", default=10 * 2**30)
# A spreadsheet must not run what a publisher wrote into a name.
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "add"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"

# --- Logging -------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "config.security.SecretlessFormatter",
            "fmt": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
}

# --- The network ---------------------------------------------------------------------

PERMILLE_TRACKING_HOSTS = env.list("PERMILLE_TRACKING_HOSTS", default=["go.permille.example"])
PERMILLE_SITE_HOSTS = env.list(
    "PERMILLE_SITE_HOSTS", default=["permille.example", "www.permille.example"]
)
# Where people reach the site: letters link to it.
PERMILLE_SITE_URL = env.str("PERMILLE_SITE_URL", default=f"https://{PERMILLE_SITE_HOSTS[0]}")
# Where clicks arrive: links that publishers place begin with it.
PERMILLE_TRACKING_URL = env.str(
    "PERMILLE_TRACKING_URL", default=f"https://{PERMILLE_TRACKING_HOSTS[0]}"
)
PERMILLE_MERCHANT_DOMAINS = env.list(
    "PERMILLE_MERCHANT_DOMAINS", default=["aliexpress.com", "aliexpress.ru", "aliexpress.us"]
)

# --- Letters -------------------------------------------------------------------------

# Without a mail server letters become files in the data folder, for who looks at a demo.
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 30  # seconds; a server that says nothing must not keep the other jobs waiting
EMAIL_FILE_PATH = DATA_DIR / "letters"
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "config.mail.FolderBackend"
)
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default=f"Permille <no-reply@{PERMILLE_SITE_HOSTS[0]}>"
)
