"""The Django app of the operations."""

from django.apps import AppConfig


class Operations(AppConfig):
    """An app of its own, so that its tables can be in a database of their own."""

    name = "enlist.store.operations"
    label = "operations"
