"""Whole walks as people type them, one line an answer."""

CHINESE = (
    *("", "示例精密制造有限公司", "D"),
    *("?", "bc", ""),  # q1, with a look at the help; small letters are asked back
    *("200台 90台", ""),  # q2 by figures
    *("40", "是"),  # q3: the number of machines is known
    *("+B", "+M", "-B", "+C", "完成"),  # q4, ticked
    *("C", "BC", "稍后", "C", "B", "BD"),  # q5 to q10, q7 put off
    *("填数字", "120万 800000元 一百万", "900，1000，1100", ""),  # q11, three years each
    *("算标准煤", "10", "30万度", "1", "３６６.9", "完成", "400", ""),  # q12 by the calculator
    *("97.5% 98.1%", "", "55人 60人", "是", "800 760", ""),  # q13 to q15
    *("逐级问", "是", "否"),  # the ladder of the first scenario
    "2",  # all levels of the second at once
    *("逐级问", "是", "返回", "是", "是", "是", "是"),  # the third, up to the top
    *(["0"] * 13),
    *("", "b c", "总览", "a", ""),  # what was put off comes back; a page of the review
    *("提交", "我承诺"),
    *("差什么", "怎么补", "计算过程"),
    *("有变化，重新评", "D", "还是老样子", "BCDE", "我承诺"),  # a re-check
    *("暂停",),
)

ENGLISH = (
    *("2", "[bold]Example[/bold] Ltd", "skip"),
    *("A", "E", "e", "BC", "help", "E", "BCDE", "b c d e", "F", "BCDE", "BCDEF", "E"),  # q1 to q11
    *("C", "later", "1,000", "figures", "55 1100 60 1000", "y", "C"),  # q12 to q15, q13 put off, a slip at q14
    *(["4"] * 10),
    *("level by level", "yes", "not fully met", "0", "level by level", "no"),
    *("overview", "d", "", "provisional", "", "0", "0", "0"),
    *("13", "98 98", ""),
    *("overview", "submit", "I commit"),
    *("missing", "plan", "proof"),
    *("pause",),
)

QUICK = (
    *("没时间", "", "示例厂", "E"),
    *("BCDEFGHIJK", "D"),  # q4 and q5, the heaviest
    *(["2"] * 3),  # three restrictive scenarios
    *("BC", *(["2"] * 3)),  # q1, then three more
    *("C", "BC", "稍后", "C", "B", "C", "200 30", "是"),  # q10 put off; q2 by figures settles it
    *("差什么", "", "30", ""),  # on with the rest, in the standard's order
    *("先看看结果", "总览", "快评", "暂停"),
)

TRADITIONAL = (
    *("3", "示例精密製造有限公司", "D"),
    *("說明", "b、c"),  # q1, with a look at the help
    *("兩百臺 九十臺", ""),  # q2 by figures
    *("40", "是"),  # q3
    *("BM", "C", "BC", "稍後", "C", "B", "BD"),  # q4 to q10, q7 put off
    *("填數字", "120萬 800000元 一百萬", "900，1000，1100", ""),  # q11
    *("算標準煤", "10", "30萬度", "1", "參百陸拾公噸", "完成", "400", ""),  # q12 by the calculator
    *("97.5% 98.1%", "", "55人 60人", "是", "800 760", ""),  # q13 to q15
    *("逐級問", "完全滿足", "未完全滿足"),
    "2",
    *("逐級問", "是", "返回", "是", "是", "是", "是"),
    *(["0"] * 13),
    *("", "BC", "我承諾"),  # what was put off comes back
    *("穩不穩", "怎麼補", "政策"),
    *("简体中文", "繁體中文", "暫停"),
)
