"""What happened, kept as an audit log, and who is told of it: events, channels, rules, sending."""
