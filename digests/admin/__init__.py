"""The editors' pages beside the desk."""

from digests.admin import digests as digests  # registers its pages
from digests.admin import entries as entries
