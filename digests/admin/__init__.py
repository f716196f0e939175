"""Admin pages for digests, beside the desk."""

from digests.admin import digests as digests  # registers its pages
from digests.admin import entries as entries
from digests.admin import mirrors as mirrors
from digests.admin import note_templates as note_templates
