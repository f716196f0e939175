"""What strangers and editors write, made readable: TeX, formulas, embedded posts, identifiers, folded letters."""
