"""Schema migrations (Alembic). `migrate` brings a database to the newest schema; `survey doctor` names the version."""
from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Engine, inspect, text

_HERE = Path(__file__).parent


@cache
def newest() -> str:
    """The newest schema's number. Each migration's file begins with its own."""
    return max(file.name for file in _HERE.glob("versions/[0-9]*.py")).partition("_")[0]


def migrate(engine: Engine) -> None:
    """Apply the migrations that `engine`'s database lacks, in one transaction."""
    with engine.connect().execution_options(survey_write=True) as connection, connection.begin():
        if inspect(connection).has_table("alembic_version") and \
                connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == newest():
            return
        from alembic import command  # takes longer to load than anything else here, and is needed once a release
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(_HERE))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
