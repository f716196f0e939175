"""The site's database as a whole: how it is opened, copied to another one, backed up and restored."""
