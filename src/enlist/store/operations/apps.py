"""Django's name for these tables."""

from django.apps import AppConfig


class Operations(AppConfig):
    """An app of its own, so that its tables can stand in a database of their own."""

    name = "enlist.store.operations"
    label = "operations"
