"""Maps of the published pages for search engines (https://www.sitemaps.org/protocol.html), split so that none grows for ever."""
