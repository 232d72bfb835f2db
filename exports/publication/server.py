"""How Datasette is started: its command, with the settings that this product relies on."""
from __future__ import annotations

import sys
from pathlib import Path

import exports.datasette_plugins
from campaigns.settings import Settings
from forms.language import Refusal

CONFIGURATION = Path(__file__).parents[2] / "datasette.yml"
PLUGINS = Path(exports.datasette_plugins.__file__).parent

SETTINGS = {
    # Datasette's setting: (value, why)
    "sql_time_limit_ms": ("1000", "one reader's query must not keep the others waiting"),
    "num_sql_threads": ("3", "more would only queue on two cores"),
    "max_returned_rows": ("2000", "a page of a phone; whole tables leave as CSV"),
    "max_csv_mb": ("50", "no published table is near it"),
    "suggest_facets": ("off", "it costs up to a second a page"),
    "allow_download": ("off", "tables leave one by one, under the reader's own rights"),
    "default_allow_sql": ("off", "SQL is for signed-in leads: see datasette_plugins"),
    "default_cache_ttl": ("0", "figures change under the same address"),
    "template_debug": ("off", ""),
    "trace_debug": ("off", ""),
}


def command(settings: Settings) -> list[str]:
    """The command line that serves the published files. The environment passes through: the plugin reads SURVEY_HOME from it.

    No file is named: the plugin watches the folder of published files, so that a new campaign appears without a restart.
    Raises Refusal when Datasette's configuration is missing.
    """
    if not CONFIGURATION.exists():
        raise Refusal("缺少 Datasette 配置文件 {file}。", "Datasette's configuration {file} is missing.", file=CONFIGURATION)
    options = [option for name, (value, _why) in SETTINGS.items() for option in ("--setting", name, value)]
    return [sys.executable, "-m", "datasette", "serve", "--host", settings.host, "--port", str(settings.datasette_port),
            "--metadata", str(CONFIGURATION), "--plugins-dir", str(PLUGINS), "--template-dir", str(PLUGINS / "templates"),
            "--static", f"-/assets:{PLUGINS / 'static'}", *options]
