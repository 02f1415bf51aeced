"""The pages that people use: each parses what was sent, calls one service, and renders."""
