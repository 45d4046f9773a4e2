"""The conversation as a pure function: `step(rubric, session, ref, input, now, fresh) -> Step(session, events)`.

No input or output, no clock, no text in a human language. `phases` is the table, `step` the way in, `cards`
what is on the screen now.
"""
