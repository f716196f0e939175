"""The pages that readers see, a module each subject. Only published digests are public, and what appears in them."""
