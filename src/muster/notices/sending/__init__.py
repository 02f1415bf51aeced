"""Sending what is due: the outbox, messages, e-mail, webhooks, and where none may go."""
