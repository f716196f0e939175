"""The pages that readers see, one module a subject. Only published digests are public, and what appears in them."""
