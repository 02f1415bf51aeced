"""SMB 2 and 3: dialect, signing, and by NTLM the machine's name, domain and build."""
