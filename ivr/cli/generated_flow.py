"""A generated flow of any size, for measuring: a tree of menus, with other kinds between."""

HEAD = """\
flow: generated
languages: [zh, en]
start: n0
budget: {time_to_human: 60}
commands: {operator: {goto: agent}}
variables: {tries: 0}
nodes:
  agent:
    kind: transfer
    prompt: {zh: 正在转接人工, en: connecting you to an agent}
    skills: {general: 3}
    exits: {otherwise: bye}
  bye: {kind: hangup, prompt: {zh: 再见, en: goodbye}}
"""

_VERBS = (
    ("查询", "query"), ("办理", "open"), ("修改", "change"), ("取消", "cancel"), ("预约", "book"),
    ("打印", "print"), ("激活", "activate"), ("注销", "close"), ("申请", "order"),
    ("更换", "replace"),
)  # fmt: skip
_NOUNS = (
    ("余额", "balance"), ("积分", "points"), ("密码", "password"), ("地址", "address"),
    ("汇款", "remittance"), ("黄金", "gold"), ("基金", "funds"), ("保险", "insurance"),
    ("贷款", "loan"), ("工资", "salary"), ("社保", "pension"), ("水费", "water"),
    ("学费", "tuition"), ("机票", "flight"), ("酒店", "hotel"),
)  # fmt: skip
_CHOICES = 5


def generated_flow(nodes: int) -> str:
    """YAML of a flow with so many nodes (at least 3): four menus of five choices, then a collect,
    a branch, a set and a say, and so on; every node is reached from the first."""
    count = nodes - 2
    parts = [HEAD]
    following = 1
    for number in range(count):
        wide = _CHOICES if number % 8 < 4 else 1
        targets = []
        for _ in range(wide):
            targets.append(f"n{following}" if following < count else "bye")
            following += 1
        parts.append(_node(number, targets))
    return "".join(parts)


def _node(number: int, targets: list[str]) -> str:
    match number % 8:
        case 4:
            return (
                f"  n{number}: {{kind: collect, slot: s{number}, length: 4, prompt: {{zh: "
                f"请输入第 {number} 项的号码, en: please enter number {number}}}, "
                f"goto: {targets[0]}}}\n"
            )
        case 5:
            when = f'tries > 3 and s{number - 1} == "0000"'
            return (
                f"  n{number}: {{kind: branch, cases: [{{when: '{when}', goto: agent}}], "
                f"otherwise: {targets[0]}}}\n"
            )
        case 6:
            return f"  n{number}: {{kind: set, values: {{tries: tries + 1}}, goto: {targets[0]}}}\n"
        case 7:
            return (
                f"  n{number}: {{kind: say, prompt: {{zh: 第 {number} 项已经办好, "
                f"en: item {number} is done}}, goto: {targets[0]}}}\n"
            )
    return _menu(number, targets)


def _menu(number: int, targets: list[str]) -> str:
    verb_zh, verb_en = _VERBS[number % len(_VERBS)]
    nouns = [_NOUNS[(number + i) % len(_NOUNS)] for i in range(len(targets))]
    asked_zh = ", ".join(f"{verb_zh}{zh}请按 {key}" for key, (zh, _) in enumerate(nouns, 1))
    asked_en = ", ".join(f"to {verb_en} {en} press {key}" for key, (_, en) in enumerate(nouns, 1))
    lines = [
        f"  n{number}:\n    kind: menu\n    prompt:\n      zh: {asked_zh}\n      en: {asked_en}\n"
        "    choices:\n"
    ]
    for key, ((zh, en), target) in enumerate(zip(nouns, targets, strict=True), 1):
        lines.append(
            f"      c{key}: {{key: {key}, goto: {target}, label: {{zh: {verb_zh}{zh}, "
            f"en: {verb_en} {en}}}, phrases: {{zh: [(我要|我想)?{verb_zh}{zh}, {zh}{verb_zh}], "
            f"en: [(i want to)? {verb_en} (my)? {en}, {en}]}}}}\n"
        )
    return "".join(lines)
