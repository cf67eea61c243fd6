"""Many films at once: tables, clusters, piles."""
