"""How fast readers are answered, side by side with others, in one run: `make bench`."""
