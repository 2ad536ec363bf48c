"""Two nodes, a worker, PostgreSQL, Redis and nginx on one machine: to try out, and to break."""
