"""Who a program is: API tokens, API clients with their access tokens, and what they may do."""
