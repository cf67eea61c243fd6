"""The films at hand: where they come from, what they are called, whether they are whole."""
