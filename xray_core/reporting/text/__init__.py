"""What cards, checks, audits and evaluations say."""
