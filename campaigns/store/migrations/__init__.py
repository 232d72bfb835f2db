"""Schema migrations (Alembic). `migrate` brings a database to the newest schema; `survey doctor` names the version."""
from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def migrate(engine: Engine) -> None:
    """Apply the migrations that `engine`'s database lacks, in one transaction."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    with engine.connect().execution_options(survey_write=True) as connection, connection.begin():
        if MigrationContext.configure(connection).get_current_revision() == newest:
            return
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
