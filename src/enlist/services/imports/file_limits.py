"""Limits of files, from the settings of the site."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from enlist.formats import ReadOptions
from enlist.formats.files.safety import DEFAULT_LIMITS


def within_limits(options: ReadOptions) -> ReadOptions:
    """The options with the limits of this site, unless they have their own."""
    if options.limits != DEFAULT_LIMITS:
        return options
    return replace(options, limits=replace(DEFAULT_LIMITS, **settings.FILE_LIMITS))
