"""Services: verbs on nouns. Each takes the session and the moment; the edge commits."""
