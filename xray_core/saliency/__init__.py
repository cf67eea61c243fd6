"""Where in the film the evidence is."""
