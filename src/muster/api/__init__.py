"""The REST API for programs: parse, call one service, render."""
