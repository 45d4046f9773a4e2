"""The same conversation as a page, on any phone: a third painter of the same screens."""
