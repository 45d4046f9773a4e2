"""`shuping schema`: the shapes of files as JSON Schema."""

import json
from typing import TextIO

from scoring.editions import current, load_rubric
from scoring.schema import answers_schema, result_schema, rubric_schema


def print_schema(out: TextIO, shape: str, edition: str | None) -> int:
    """Print the shape of answers by an edition, of results, or of editions. Raises MissingEditionError."""
    match shape:
        case "result":
            schema = result_schema()
        case "rubric":
            schema = rubric_schema()
        case _:
            schema = answers_schema(load_rubric(edition or current().id))
    out.write(json.dumps(schema, ensure_ascii=False, indent=1) + "\n")
    return 0
