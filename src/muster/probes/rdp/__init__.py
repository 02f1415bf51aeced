"""Remote Desktop: its security, certificate, and by NTLM the machine's name and build."""
