"""What can be seen of a running process from outside: counts, a line an update, and spans; never what people say."""
