"""What a web server is made of: a request, a response, the ASGI edge and its faults."""
