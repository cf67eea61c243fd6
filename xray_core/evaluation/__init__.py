"""How good answers and maps are, and how sure one can be of that."""
