"""What faces residents: the chat API, webhooks, the message path's execution, delivery."""
