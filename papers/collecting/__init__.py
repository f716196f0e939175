"""From the services outside into the database: the papers that a day announced, and the tweets about them."""
