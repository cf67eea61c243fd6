"""The quality gate: what it learns from, how it is fitted and measured."""
