"""What the tests stand on: the machine's programs, servers that last for a run, checks of the sources."""
