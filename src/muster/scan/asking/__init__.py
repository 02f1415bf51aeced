"""What probes are given to ask with: every socket is opened, paced and closed here."""
