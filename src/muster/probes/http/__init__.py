"""HTTP and HTTPS: headers, title, icon, realm, and by NTLM the machine's name."""
