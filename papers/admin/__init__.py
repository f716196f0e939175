"""The editors' pages for what the world says; `lists` and `bulk` serve those for digests as well."""

from papers.admin import collection as collection  # registers its pages
from papers.admin import papers as papers
from papers.admin import rendered as rendered
from papers.admin import tweets as tweets
