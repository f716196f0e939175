"""One's own account: password, second factor and sessions; and what is told of them."""
