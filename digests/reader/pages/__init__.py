"""The pages that readers see, one module for each subject. Only published digests, and what appears in them, are public."""
