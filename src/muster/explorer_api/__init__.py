"""The endpoint that Explorers talk to, mounted at `/api/explorer/`. Machines only, no sessions."""
