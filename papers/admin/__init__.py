"""Admin pages for papers, posts and collection; `lists` and `bulk` are used for digests as well."""

from papers.admin import collection as collection  # registers its pages
from papers.admin import papers as papers
from papers.admin import rendered as rendered
from papers.admin import tweets as tweets
