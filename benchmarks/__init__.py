"""How fast the project is; `python -m benchmarks` measures, the documents tell."""
