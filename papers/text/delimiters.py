"""Where a formula begins and ends in a text, and what is money."""

# A `$` opens a formula before a non-space and closes it after one, and before a digit only where what it closes is plainly TeX:
# `$5 and $6` is money, and so is an amount with a word behind it, `$5 million and (US$)`.
PLAINLY_TEX = r"[^$\\^_]*+(?:[\^_]|\\[A-Za-z])|[^$\\A-Za-z0-9\s]++\$|[A-Za-z](?:\([^$\\]*\))?\$"
FORMULA = (
    r"(?<!\\)\$\$(?:[^$]|\$(?!\$))+\$\$"
    rf"|(?<!\\)\$(?!\s|[0-9][0-9.,]{{0,15}}\s+\(?[A-Za-z]{{2,30}}[\s)])(?:(?={PLAINLY_TEX})(?:\\.|[^$\\])+(?<!\s)\$"
    r"|(?:\\.|[^$\\])+(?<!\s)\$(?!\d))"
    r"|\\\((?:[^\\]|\\[^()])+\\\)|\\\[(?:[^\\]|\\[^\[\]])+\\\]"
)
