"""A site's own films: how the model does on them, its zero fitted to them, and whether it stays."""
