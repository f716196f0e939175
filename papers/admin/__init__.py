"""The editors' pages for what the world says; `lists`, `bulk` and `excerpt` serve the editors' pages for digests as well."""

from papers.admin import collection as collection  # registers its pages
from papers.admin import papers as papers
from papers.admin.tweets import excerpt as excerpt
