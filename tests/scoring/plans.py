"""Plans carried out and paid for, step by step."""

from scoring.plan import Gap, Plan
from scoring.result import assess
from scoring.rubric import Rubric
from scoring.sheet import Sheet
from tests.scoring.strategies import Choices, Levels, answered


def gap_of(sheet: Sheet, choices: Choices, levels: Levels) -> Gap | None:
    return assess(sheet, answered(sheet.rubric, choices, levels)).next


def planned(plan: Plan) -> set[str]:
    """The items that the plan raises."""
    return {step.question for step in plan.questions} | {lift.scenario for lift in plan.scenarios}


def applied(plan: Plan, choices: Choices, levels: Levels) -> tuple[Choices, Levels]:
    """The answers after the plan was carried out."""
    added = {s.question: tuple(sorted({*choices.get(s.question, ()), *s.add} - {"A"})) for s in plan.questions if s.add}
    reached = {s.question: (s.to,) for s in plan.questions if s.to}
    return {**choices, **added, **reached}, {**levels, **{s.scenario: s.end for s in plan.scenarios}}


def assert_every_step_is_a_real_one(plan: Plan, choices: Choices, levels: Levels) -> None:
    """Each item once; options that are not ticked yet, rungs that are higher, levels from where the firm stands."""
    items = [*(step.question for step in plan.questions), *(lift.scenario for lift in plan.scenarios)]
    assert len(items) == len(set(items))
    for step in plan.questions:
        assert bool(step.add) != bool(step.to)
        assert not {"A", *choices.get(step.question, ())} & set(step.add)
        assert step.to is None or step.to > choices.get(step.question, ("A",))[0]
    for lift in plan.scenarios:
        assert levels.get(lift.scenario, 0) == lift.start < lift.end


def cost(rubric: Rubric, plan: Plan, choices: Choices) -> int:
    """By what the rubric says of each option and level on the way."""
    total = 0
    for lift in plan.scenarios:
        efforts = rubric.scenario[lift.scenario].efforts or (1,) * lift.end
        total += sum(efforts[lift.start : lift.end])
    for step in plan.questions:
        question = rubric.question[step.question]
        start = choices.get(step.question, ("A",))[0]
        taken = [o for o in question.options if o.id in step.add or (step.to and start < o.id <= step.to)]
        assert question.effort is not None
        total += sum(option.effort or question.effort for option in taken)
    return total
