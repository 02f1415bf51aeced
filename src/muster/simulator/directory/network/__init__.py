"""What a scan of the same company's network would find."""
