"""The conversation: what a message comes to, the same for every channel."""
