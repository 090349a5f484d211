"""Commands that set up a site: courses, groups, fields, organisation."""
