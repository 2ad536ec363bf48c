"""What must hold when something breaks, tried out on a cluster of one's own: `make bench-faults`."""
