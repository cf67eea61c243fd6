"""Measure what the explanations are worth."""

SUMMARY = "measure what the explanations are worth"


def configure(parser):
    pass


def run(arguments):
    return 0
