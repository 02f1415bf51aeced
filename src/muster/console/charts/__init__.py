"""Pictures as numbers: pure functions from counts to geometry, which templates draw as SVG."""
