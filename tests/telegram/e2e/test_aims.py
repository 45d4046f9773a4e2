"""Looking ahead from a result: a plan to a grade under wishes, what if, and the target that is kept."""

from flows.session import Goal, Phase
from tests.telegram.api import TelegramApi
from tests.telegram.e2e.conftest import Install
from tests.telegram.e2e.walking import Plan as Meant
from tests.telegram.e2e.walking import begin_by_taps, say, tap, text_of
from tests.telegram.views import Message


async def test_a_plan_with_wishes_and_what_if_on_the_phone(api: TelegramApi, install: Install) -> None:
    bot = await install().start()
    ann = api.person("Ann")
    text = text_of(ann)
    await begin_by_taps(ann, Meant(firm="示例厂"))
    await say(ann, "C")
    await say(ann, "/result", lambda message: message.button(text("button.aim")))

    plan = await tap(ann, text("button.aim"), lambda message: message.button("A 一级 ✓"))
    assert "到一级" in plan.text
    await tap(ann, "B 二级", lambda message: message.button("B 二级 ✓"))
    await tap(ann, "H 产品生命周期数字化", lambda message: message.button("18 营销管理* ✓"))
    await tap(ann, "18 营销管理* ✓", lambda message: "营销管理*：不做" in message.text)
    await say(ann, "必做 19", lambda message: "必做" in message.text)
    stored = bot.session(ann).goal
    assert stored == Goal(grade=2, pinned=("after_sales",), excluded=("marketing",))
    await tap(ann, text("button.keep_target"), lambda message: "目标" in message.text)
    assert "after_sales" in bot.session(ann).goal.target

    await tap(ann, text("button.back"), lambda message: message.button("B 二级 ✓"))
    await tap(ann, text("button.what_if"), lambda message: text("what_if.title") in message.text)
    await tap(ann, "E 产品生命周期数字化")
    await tap(ann, "16 产品设计*", lambda message: message.button("16 产品设计* ✓"))
    await say(ann, "16=3", lambda message: "三级" in message.text)
    assert bot.session(ann).goal.supposed == {"product_design": 3}
    assert bot.session(ann).record.levels == {}

    def provisional(message: Message) -> object:
        return message.button(text("button.what_if")) and message.button(text("button.resume"))

    await tap(ann, text("button.back"), lambda message: message.button("E 产品生命周期数字化"))
    result = await tap(ann, text("button.back"), provisional)
    assert text("target.title") in result.text, "the target stands on the result, too"
    assert bot.session(ann).phase is Phase.PROVISIONAL
    await tap(ann, text("button.resume"))
    assert bot.session(ann).item == "q2"
    await api.quiet()
    assert bot.troubles == []
