"""The conversation, the same for every channel and pure: a message and what is stored in, a decision of replies out."""
