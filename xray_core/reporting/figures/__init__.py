"""Plotly figures and pictures, drawn by pure functions."""
