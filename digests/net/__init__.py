"""Guarded requests to the outside world. Knows neither Django nor anything else of ours."""
