"""For English, our one language."""
