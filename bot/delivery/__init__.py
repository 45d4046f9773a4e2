"""What is sent, in order and within limits, whatever the channel."""
