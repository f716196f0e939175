"""The pages that readers see, a module each subject. Only published digests are public, and what appears in them."""

from digests.views.days import digest_page

__all__ = ["digest_page"]
