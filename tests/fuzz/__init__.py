"""Fuzzing of the reader: whatever the bytes, a film or one sentence, and soon."""
