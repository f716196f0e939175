"""What readers see: pages, lists and feeds."""
