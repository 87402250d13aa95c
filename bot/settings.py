"""Every setting of the system, read from `IROIRO_…` environment variables in this one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parents[1]


class SettingsError(ValueError):
    """A setting has a value that cannot be used. The message names the variable and what to do."""


@dataclass(frozen=True)
class Settings:
    """One field per setting; the variable is `IROIRO_` + the field's name in capitals."""

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = PROJECT_ROOT / "var"
    content_dir: Path = PROJECT_ROOT
    """Folder that holds nlu_data/ and knowledge_base/. Another city points this at its own."""
    web_dist: Path = PROJECT_ROOT / "web" / "dist"
    database_url: str = ""
    """Empty: SQLite in the data folder. PostgreSQL: `postgresql+psycopg://user:password@host/name`."""
    redis_url: str = ""
    """Empty: `make run` starts an embedded Valkey and sets this; without either, the service runs slower, alone."""
    rasa_url: str = "http://127.0.0.1:5005"
    """One address, or several separated by commas (conversations are spread over them by hash)."""
    rasa_timeout_s: float = 5.0
    public_url: str = ""
    """Address residents and staff use. Empty: the one served here, `http://HOST:PORT`."""
    secret_key_file: str = ""
    """Empty: a key file is made in the data folder on first start (mode 0600)."""
    line_channel_secret: str = ""
    line_channel_access_token: str = ""
    line_api_url: str = "https://api.line.me"
    line_data_url: str = "https://api-data.line.me"
    line_media_limit_mb: int = 20
    """Larger pictures, voices and files of residents are not kept."""
    line_simulator: str = ""
    """Anything: `make run` starts a simulated LINE beside the service and uses it instead of LINE's servers."""
    trusted_proxies: str = ""
    embed_origins: str = ""
    """Origins of pages that may hold the widget, separated by spaces, e.g. `https://www.city.example.jp`."""
    session_idle_minutes: int = 30
    session_absolute_hours: int = 12
    lease_seconds: int = 120
    log_level: str = "INFO"
    metrics_token: str = ""
    """Empty: /metrics answers this machine alone. Else whoever sends it as a bearer token, and nobody without."""
    embedding_url: str = ""
    """Address of an OpenAI-compatible service whose vectors help the search to rank; empty: off. Questions go there."""
    embedding_model: str = "text-embedding-3-small"
    embedding_api_key: str = ""
    embedding_timeout_s: float = 2.0
    embedding_file: str = ""
    """An ONNX sentence encoder on this machine instead, with its tokenizer.json beside it; empty: off."""
    translation_url: str = ""
    """Address of a LibreTranslate-compatible service for staff; empty: off. What staff have translated goes there."""
    translation_api_key: str = ""
    translation_name: str = "LibreTranslate"
    """Shown beside every translation."""
    translation_timeout_s: float = 10.0
    smtp_url: str = ""
    """`smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…:465`; empty: no e-mail to staff."""
    smtp_from: str = "iroiro@localhost"
    alert_webhook_url: str = ""
    alert_webhook_secret: str = ""
    """Signs what the webhook receives; needed with `alert_webhook_url`."""
    alert_repeat_seconds: int = 60
    """How often an alert of high risk is sent again until somebody acknowledges it."""
    alert_escalate_seconds: int = 180
    """After this long without an acknowledgement supervisors are alerted too."""
    oidc_issuer: str = ""
    """Address of an OpenID Connect provider staff may sign in with; empty: off."""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_button: str = ""
    """What the sign-in button says, such as the organisation's name."""
    push_hosts: str = "fcm.googleapis.com .push.services.mozilla.com .notify.windows.com .push.apple.com"
    """Push services a browser may name; the service calls no other address of a page's choosing."""
    vapid_key_file: str = ""
    """Empty: a key file is made in the data folder when it is first needed."""
    vapid_contact: str = "mailto:webmaster@example.com"
    """Where a push service can reach who runs this: mailto: or https:."""
    notices_per_minute: int = 600
    today: str = ""
    """ISO date that replaces today's date in knowledge answers; for tests and previews only."""

    def __post_init__(self) -> None:
        if not self.public_url:
            shown = "127.0.0.1" if self.host in {"", "0.0.0.0", "::"} else self.host
            object.__setattr__(self, "public_url", f"http://{shown}:{self.port}")
        if self.alert_webhook_url and not self.alert_webhook_secret:
            raise SettingsError(
                "IROIRO_ALERT_WEBHOOK_URL is set but IROIRO_ALERT_WEBHOOK_SECRET is not, so a receiver could not tell our"
                " alerts from anybody's. Set both."
            )
        if self.translation_url and not self.translation_url.startswith(("http://", "https://")):
            raise SettingsError("IROIRO_TRANSLATION_URL must begin with http:// or https://. Correct it, or unset it.")
        if self.embedding_url and not self.embedding_url.startswith(("http://", "https://")):
            raise SettingsError("IROIRO_EMBEDDING_URL must begin with http:// or https://. Correct it, or unset it.")
        if self.embedding_url and self.embedding_file:
            raise SettingsError("IROIRO_EMBEDDING_URL and IROIRO_EMBEDDING_FILE are both set. Keep one of them.")
        if self.oidc_issuer and not self.oidc_client_id:
            raise SettingsError("IROIRO_OIDC_ISSUER is set but IROIRO_OIDC_CLIENT_ID is not. Set both, or neither.")

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'iroiro.sqlite3'}"

    @property
    def key_file(self) -> Path:
        return Path(self.secret_key_file) if self.secret_key_file else self.data_dir / "master.keys"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment. Raises SettingsError for an unusable value or a misspelt `IROIRO_` name."""
        source = os.environ if env is None else env
        by_variable = {f"IROIRO_{item.name.upper()}": item for item in fields(cls)}
        values: dict[str, object] = {}
        for variable, raw in source.items():
            if not variable.startswith("IROIRO_"):
                continue
            item = by_variable.get(variable)
            if item is None:
                known = ", ".join(sorted(by_variable))
                raise SettingsError(f"{variable} is not a setting. Known settings: {known}")
            values[item.name] = _convert(variable, raw, str(item.type))
        return cls(**values)  # type: ignore[arg-type]


def _convert(variable: str, raw: str, kind: str) -> object:
    try:
        if kind == "int":
            return int(raw)
        if kind == "float":
            return float(raw)
    except ValueError:
        raise SettingsError(f"{variable}={raw!r} is not a number. Give digits only, or unset it.") from None
    if kind == "Path":
        return Path(raw).expanduser().resolve()
    return raw
