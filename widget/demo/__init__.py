"""The demo publication: an invented broadcaster, its articles, its readers and what they wrote."""
