"""The command `enlist`."""

import os

import django
import typer

app = typer.Typer(no_args_is_help=True, help="Bring people into a learning platform from any spreadsheet.")


@app.callback()
def setup() -> None:
    """Wire the house by the settings' name: a counter may not import the roof."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "enlist.project.settings")
    django.setup()


def main() -> None:
    """Run the command line and leave with its exit code."""
    app()
