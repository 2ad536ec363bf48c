"""How comments are received and published under load, side by side with others: `make bench`."""
