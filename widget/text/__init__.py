"""Text: how it is normalised, structured and made HTML. A leaf: it imports nothing of Byline."""
