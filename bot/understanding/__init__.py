"""What people say in their own words: numbers with their units, and the things that they are about."""
