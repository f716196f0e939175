"""The site's database as a whole: opens it, copies it to another one, backs it up and restores it."""
