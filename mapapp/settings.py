"""Every setting, in one frozen value read once from the environment.

Each field is ``MAPAPP_<FIELD IN CAPITALS>``; docs/operations.md describes them all and a test keeps
the two in step. Nothing else in the application reads the environment. Those that hold a secret may stand
in a file of that name instead, in the folder that systemd hands credentials over in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

ENVIRONMENT_PREFIX: Final = "MAPAPP_"
CREDENTIALS_VARIABLE: Final = "CREDENTIALS_DIRECTORY"
PROJECT_DIR: Final = Path(__file__).resolve().parent.parent
BASEMAPS: Final = ("none", "osm", "tianditu", "gaode")
GEOCODERS: Final = ("none", "tianditu", "gaode")
LOG_FORMATS: Final = ("text", "json")

LOG_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
ROLES: Final = ("keeper", "editor", "planner", "admin")
"""What `mapapp.store.accounts.Role` knows; settings are below it."""

MIN_SECRET_CHARS: Final = 16
_CHOICES: Final = (
    ("basemap", BASEMAPS),
    ("geocoder", GEOCODERS),
    ("log_level", LOG_LEVELS),
    ("log_format", LOG_FORMATS),
)

_RANGES: Final = (
    ("walk_kmh", 0.1, 1000),
    ("ebike_kmh", 0.1, 1000),
    ("car_kmh", 0.1, 1000),
    ("detour_factor", 1, 10),
    ("min_stay_min", 0, 1440),
    ("closing_soon_min", 0, 1440),
    ("trusted_proxies", 0, 10),
    ("snapshot_poll_s", 0.05, 60),
    ("database_pool_size", 1, 1000),
    ("database_pool_overflow", 0, 1000),
    ("database_pool_timeout_s", 0.1, 300),
    ("database_pool_recycle_s", 10, 1e6),
    ("cells_above", 0, 1e9),
    ("max_body_bytes", 1024, 1e9),
    ("reports_per_address_h", 1, 1e6),
    ("session_idle_h", 0.1, 24 * 7),
    ("session_days", 0.1, 31),
    ("slow_statement_ms", 0, 3.6e6),
    ("fresh_hours_days", 1, 3650),
    ("fresh_door_days", 1, 3650),
    ("fresh_services_days", 1, 3650),
    ("fresh_position_days", 1, 3650),
)


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and what it may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this installation behaves.

    A field that is or may hold a secret has ``repr=False``: neither ``repr`` nor ``mapapp info`` shows its value.
    """

    place: str = "yinchuan"
    """A folder below geodata/places/, or the path of one elsewhere."""
    database_url: str = field(default=f"sqlite:///{PROJECT_DIR / 'instance' / 'stations.sqlite3'}", repr=False)
    """A SQLAlchemy URL."""
    database_pool_size: int = 5
    """How many connections to PostgreSQL a process keeps open."""
    database_pool_overflow: int = 10
    """How many more it opens when these are in use, and closes again."""
    database_pool_timeout_s: float = 15.0
    """How long somebody waits for a connection before they are told to try again."""
    database_pool_recycle_s: float = 1800.0
    """A connection older than this is opened anew."""
    database_replica_url: str = field(default="", repr=False)
    """A copy of the database that follows it, for snapshots and what else the public reads; empty: there is none."""
    data_dir: str = str(PROJECT_DIR / "instance")
    """Where files that belong to the data are kept: photos, and the secret key if it is not set."""
    secret_key: str = field(default="", repr=False)
    """What cookies are signed with; empty: a key made once and kept in the data directory."""
    backup_key: str = field(default="", repr=False)
    """What backups are encrypted with; empty: they are not, unless the command names a file with a key."""
    public_url: str = ""
    """The address people reach this service under, for QR codes; empty: that of the request."""
    allowed_hosts: str = ""
    """Further names this service answers under, separated by commas; see docs/operations.md."""
    basemap: str = "none"
    """Tiles below our own outlines: none, osm, tianditu or gaode."""
    tianditu_key: str = field(default="", repr=False)
    """The 天地图 key; needed by that basemap only."""
    geocoder: str = "none"
    """Whom staff may ask where an address is: none, tianditu or gaode. Only the server asks, when somebody presses."""
    geocoder_key: str = field(default="", repr=False)
    """That service's key for servers; it is never sent to a browser nor logged."""
    geocoder_url: str = field(default="", repr=False)
    """Where that service is asked, if not at its own address: a gateway that answers as it does."""
    trusted_proxies: int = 0
    """How many reverse proxies stand in front and may set forwarded headers; 0 believes none."""
    rate_limit: str = "6000/minute"
    """Requests one address may make; empty for no limit of any kind. Generous: riders share carrier addresses."""
    rate_limit_search: str = "3000/minute"
    """Of these, searches; this and the next may be empty: no limit besides the common one."""
    rate_limit_write: str = "600/minute"
    """Of these, reports and other things that the public or a program writes."""
    rate_limit_sign_in: str = "120/minute"
    """Of these, tries to sign in and the like."""
    rate_limit_staff: str = "3000/minute"
    """Of these, pages for people who are signed in."""
    rate_limit_heavy: str = "600/minute"
    """Of these, analyses, imports, exports and reports for planners."""
    redis_url: str = field(default="", repr=False)
    """Where all processes count requests together; empty: each for itself."""
    max_body_bytes: int = 64 * 1024
    """The largest request body read."""
    reports_per_address_h: int = 60
    """How many reports are taken from one address within an hour."""
    totp_roles: str = ""
    """Whose people must sign in with a second factor: roles separated by commas; empty: nobody's."""
    leaked_passwords_file: str = ""
    """A sorted list of SHA-1 hashes of leaked passwords, which nobody may choose; empty: there is none."""
    session_idle_h: float = 12.0
    """A session of staff ends when it was not used for so long."""
    session_days: float = 7.0
    """A session of staff ends after so long, however much it is used."""
    fresh_hours_days: int = 90
    """For so many days a confirmation of opening hours holds."""
    fresh_door_days: int = 180
    """For so many days a confirmation of how to get in holds."""
    fresh_services_days: int = 180
    """For so many days a confirmation of the services holds."""
    fresh_position_days: int = 365
    """For so many days a confirmation of the position holds."""
    snapshot_poll_s: float = 0.4
    """How often a process looks for a new data revision."""
    cells_above: int = 5000
    """Above so many public stations phones fetch cells of the register instead of the whole of it."""
    walk_kmh: float = 4.8
    """Walking speed."""
    ebike_kmh: float = 18.0
    """E-bike speed."""
    car_kmh: float = 30.0
    """Car speed."""
    detour_factor: float = 1.3
    """How much longer than a straight line a way is."""
    min_stay_min: int = 10
    """A station counts as open on arrival if it stays open this long after."""
    closing_soon_min: int = 30
    """Open on arrival but closing within this long is closing soon."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""
    log_format: str = "text"
    """text for people, json for programs."""
    slow_statement_ms: float = 500.0
    """Statements of the database that take longer are logged, without their values; 0: none are."""
    metrics_token: str = field(default="", repr=False)
    """What opens the metrics from another machine; empty: they are read on this one only."""
    worker_metrics: str = ""
    """Where the worker's own metrics are read, such as 127.0.0.1:9109; empty: nowhere."""

    def __post_init__(self) -> None:
        for name, choices in _CHOICES:
            if getattr(self, name) not in choices:
                raise SettingsError(
                    f"{_variable(name)} must be one of {', '.join(choices)}, not {getattr(self, name)!r}."
                )
        if self.basemap == "tianditu" and not self.tianditu_key:
            raise SettingsError("MAPAPP_BASEMAP=tianditu needs MAPAPP_TIANDITU_KEY.")
        if self.geocoder != "none" and not self.geocoder_key:
            raise SettingsError(f"MAPAPP_GEOCODER={self.geocoder} needs MAPAPP_GEOCODER_KEY.")
        if self.geocoder_url and not self.geocoder_url.startswith(("https:", "http:")):
            raise SettingsError("MAPAPP_GEOCODER_URL must be an address of http or https.")
        for name in ("secret_key", "metrics_token"):
            if 0 < len(getattr(self, name)) < MIN_SECRET_CHARS:
                raise SettingsError(f"{_variable(name)} must have at least {MIN_SECRET_CHARS} characters.")
        _roles("MAPAPP_TOTP_ROLES", self.totp_roles)
        _host_and_port("MAPAPP_WORKER_METRICS", self.worker_metrics)
        for name, least, most in _RANGES:
            if not least <= getattr(self, name) <= most:
                raise SettingsError(f"{_variable(name)} must be {least:g} to {most:g}, not {getattr(self, name):g}.")

    @property
    def roles_with_totp(self) -> frozenset[str]:
        """The roles whose people must sign in with a second factor."""
        return _roles("MAPAPP_TOTP_ROLES", self.totp_roles)

    @property
    def worker_metrics_address(self) -> tuple[str, int] | None:
        """Host and port the worker's metrics are read at, if anywhere."""
        return _host_and_port("MAPAPP_WORKER_METRICS", self.worker_metrics)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Settings from ``MAPAPP_*``; an unknown such name is an error, because it is a typing mistake.

        Those with ``repr=False`` may be given as credentials instead, one file each.
        """
        known = {_variable(field.name): field for field in fields(cls)}
        secret = frozenset(variable for variable, field in known.items() if not field.repr)
        credentials = _credentials(environment.get(CREDENTIALS_VARIABLE, ""), secret)
        for variable in credentials:
            if environment.get(variable, "").strip():
                raise SettingsError(f"{variable} is set, and there is a credential of that name: keep one of them.")
        values: dict[str, Any] = {}
        for variable, text in {**environment, **credentials}.items():
            if not variable.startswith(ENVIRONMENT_PREFIX):
                continue
            if variable not in known:
                raise SettingsError(f"{variable} is no setting. The settings are {', '.join(sorted(known))}.")
            field = known[variable]
            default = field.default
            assert default is not MISSING  # noqa: S101 - every field above has a default
            values[field.name] = _value(variable, text.strip(), type(default))
        return cls(**values)


def _credentials(folder: str, secret: frozenset[str]) -> dict[str, str]:
    """The variables that files of the folder stand for; other programs' files beside them do not matter."""
    if not folder:
        return {}
    found: dict[str, str] = {}
    try:
        for file in sorted(Path(folder).glob(f"{ENVIRONMENT_PREFIX}*")):
            if file.name not in secret:
                raise SettingsError(f"{file.name} is no credential. These are: {', '.join(sorted(secret))}.")
            found[file.name] = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The credentials in {folder} cannot be read: {error}.") from error
    return found


def _value(variable: str, text: str, kind: type[Any]) -> Any:
    """The setting's value: text or a number, as its default is one."""
    try:
        return kind(text)
    except ValueError:
        raise SettingsError(f"{variable} must be a number, not {text!r}.") from None


def _roles(variable: str, text: str) -> frozenset[str]:
    named = frozenset(role.strip().lower() for role in text.split(",") if role.strip())
    unknown = named.difference(ROLES)
    if unknown:
        raise SettingsError(f"{variable} may name {', '.join(ROLES)}, not {', '.join(sorted(unknown))}.")
    return named


def _host_and_port(variable: str, text: str) -> tuple[str, int] | None:
    if not text:
        return None
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise SettingsError(f"{variable} must look like 127.0.0.1:9109, not {text!r}.")
    return host.strip("[]"), int(port)


def _variable(field_name: str) -> str:
    return ENVIRONMENT_PREFIX + field_name.upper()
