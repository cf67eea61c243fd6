"""Trainings of a visitor: what can be chosen, the runs of each, and experiments made of them."""
