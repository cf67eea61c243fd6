"""What was found, for people: words, figures, files."""
