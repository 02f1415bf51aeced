"""How the installation is: checks for those who watch it, and figures in Prometheus' form."""
