"""Many visitors at once, and many films in a row, against the running app."""
