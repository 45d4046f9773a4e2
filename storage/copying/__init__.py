"""Moving all that is stored from one kind of database to another: streamed, resumable, and compared at the end."""
