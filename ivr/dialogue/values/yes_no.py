"""Yes or no in its many forms; what could be either, or neither, is refused."""

import re

from ivr.dialogue.values.model import Value
from ivr.dialogue.values.text import english_words, fold_mandarin, listed

_NEITHER_ZH = (
    "对不对|是不是|行不行|可不可以|好不好|要不要|有没有(?!错)|能不能|是否|可以吗|对吗|是吗"
    "|行吗|好吗"
    "|不知道|不清楚|不确定|不一定|不好说|说不好|不晓得|不太确定|没听[清懂见]|没听明白|没明白"
    "|没想好|不明白|不懂|没懂"
    "|可能|也许|或许|看情况|随便|都行|都可以|无所谓|我?想想|考虑|等一?下|等等|什么|啥|谁啊?"
    "|怎么|为什么|哪个|再说一遍"
    "|不是不[对行可好要想用]|不能[说算]不|不[是会]没有?|没有不|不要不|好像|要不"
)
_YES_ZH = (
    "可不是[嘛吗]?|可不嘛|谁说不是呢?|怎么不是|(?<!不)不错|没有?错|没说错|没有?问题|没有?意见|没毛病"
    "|没得说|没啥(?:问题|意见)|不客气"
    "|当然|那是|必须|肯定|确认|确定|正确|同意|愿意|接受|乐意|授权|认可|是我本人|是我?本人"
    "|(?<!不是)我?本人|是我|就是[这那]个|就是[它他]|就它了?|就这[个样]"
    "|是这样|是这么回事|应该是|可以|行|好嘞|好咧"
    "|好(?=[好的啊吧呀滴了,呢哦谢就那可行没是对办嗯]|$)|成(?!都)|中(?!午|国|间)|得嘞|得了"
    "|妥了?|对头|对|是|嗯[哼呐]?|恩|昂"
    "|我?(?:要|需要|想|有)(?=[啊呀吧的了呢嘛,要需想有]*$)|能(?=[啊呀的吧,]*$)|办吧|无误|你?说得对|说的对|就这么办"
    "|[就按照]{1,2}[你您]说的?(?:办|来|做)|就这么着|来吧|继续|ok(?:ay)?|yes|yeah|yep|系|好滴|木有问题|使得|要得|得行|没得问题"
)
_NO_ZH = (
    "不是很[对好想行]|不用|不要|不需要|不必|不行|不可以|不好|不对|不是|千万别|哪儿啊|不同意|不确认|不正确"
    "|不愿意?|不想|不太[对想行好]|不能|不接受|不会|不了"
    "|不办|不成|不中|不可能|不感兴趣|没兴趣|没有|没|别|甭|算了|免了|拉倒|罢了|错|否|取消|拒绝"
    "|哪有|哪里[对是]|哪儿?[对是]"
    "|才不是?|下次|改天(?:再说)?|再说吧|你?[说搞听弄]错|no(?:pe)?|唔系|唔要|冇|不得行|要不得|不"
)
_SOFT_ZH = (
    "谢谢(?:你|您)?|麻烦|你好|您好|喂|请|还是"
    "|[啊呀吧的了呢嘛哦噢呃哎诶啦哈喽哟额那就我你您它这个先暂时现在还真是都很会,]"
    "|没事儿?|没关系|办理?|暂且|现在|我说|个|人|本|客服|回事|办过?|存在|交易|号码|金额|地址"
    "|名字|姓名|日期|时间|账号|账户|卡号|尾号|电话|身份证|数字|信息|意思|他|她|她们"
)
_ZH = re.compile(
    r"(?P<strong>那可不(?=[啊呀嘛是,]*$)|可不是[嘛吗]?|可不嘛|谁说不是呢?|怎么不是|要得|使得)"
    rf"|(?P<neither>{_NEITHER_ZH})"
    rf"|(?P<no>(?!(?<!不)不错|不客气|没有?错|没说错|没有?问题|没有?意见|没毛病|没得|没啥|没事"
    rf"|没关系)(?:{_NO_ZH}))"
    rf"|(?P<yes>{_YES_ZH})|(?P<soft>{_SOFT_ZH})|(?P<other>.)",
    re.S,
)
_HUM = frozenset({"嗯", "恩", "昂", "嗯哼"})
_QUESTION = re.compile(r"(?:吗|么)[,]?$")

_NEITHER_EN = (
    r"maybe(?! later)|perhaps|possibly|not sure|unsure|(?:i )?don'?t know|do not know|dunno|no idea"
    r"|pardon|what|huh"
    r"|is (?:that|it|this) \w+|are you|(?:(?:it|that)(?:'?s| is) )?(?:not|isn't) (?:wrong"
    r"|incorrect|bad|false)|isn't (?:it|that)"
    r"|it depends|whatever|either|hold on|let me think|say (?:that|it) again|repeat|can you"
    r"|could you"
)
_NO_EN = (
    r"maybe later|leave it(?: out)?"
    r"|no thank you|no thanks|no way|not really|not at all|not today|not now|never ?mind"
    r"|forget it|(?:i'm|we're) (?:good|fine|okay|all set)|never|negative|nope|nah|nay"
    r"|that'?s? (?:is )?(?:not|isn't|wrong|incorrect)(?: \w+)?|(?:is|it'?s) (?:not|wrong"
    r"|incorrect)(?: \w+)?|isn't(?: \w+)?"
    r"|(?:i )?(?:don't|do not|won't|will not|wouldn't|can't|cannot)(?: (?:think so|want (?:to"
    r"|that|it)|agree|like (?:that|it)|need (?:it|that)))?"
    r"|(?:absolutely|definitely|certainly|of course|i'd rather|probably|i think|i guess"
    r"|i'm afraid) not|not (?:right|correct|true|me|that|it)"
    r"|i'm not|i am not|incorrect|wrong|false|cancel|stop|decline|refuse|uh uh|nuh uh|not|no"
)
_YES_EN = (
    r"yes|yeah|yep|yup|yea|ya|yah|aye|uh huh|mm hmm|mhm|mm|sure thing|sure|of course"
    r"|by all means|why not|no problem|not a problem"
    r"|no worries|absolutely|definitely|certainly|indeed|exactly|precisely|affirmative|correct"
    r"|right|true|okay|ok|alright"
    r"|fine|good|great|perfect|sounds good|go ahead|please do|you bet|you got it|i do|i am"
    r"|i would|i will|it is|it does|that is|that's it"
    r"|works for me|the one|(?:you're|you are) right|i'm sure|i agree|agreed|agree|i accept"
    r"|accept|confirm(?:ed)?|totally|i guess so|i think so|i suppose so|do it|let's do it"
    r"|i want that|go for it|fair enough|spot on|that'?ll do"
)
_SOFT_EN = frozenset(
    listed(
        "um uh er oh well so please thanks thank you that's that it it's is i the this sounds all"
        " just really very quite totally ma'am sir , ah hmm and then"
    )
)
_EN = re.compile(
    rf"\b(?:(?P<strong>why not|no problem|not a problem|no worries|sure thing)"
    rf"|(?P<neither>{_NEITHER_EN})"
    rf"|(?P<no>{_NO_EN})|(?P<yes>{_YES_EN})|(?P<word>[\w']+))(?![\w'])"
)
MAX_WORDS = 40
_MAX_OTHER = 1
"""Characters of other talk beside a yes or no; more is about something else."""


def parse(text: str, language: str) -> Value | None:
    """ "yes" or "no"; None for silence, questions, doubt, both at once, or another subject."""
    return _mandarin(text) if language == "zh" else _english(text)


def _mandarin(text: str) -> Value | None:
    heard = fold_mandarin(text)
    said: list[tuple[str, str, int, int]] = []
    other = 0
    for match in _ZH.finditer(heard.text):
        name = match.lastgroup or ""
        if name == "other":
            other += 1
        elif name != "soft":
            said.append((name, match[0], match.start(), match.end()))
    names = {name for name, word, _, _ in said if word not in _HUM}
    if not names and said and not other:
        names = {"yes"}
    if (
        _QUESTION.search(heard.text) or text.rstrip().endswith(("?", "？"))
    ) and "strong" not in names:
        return None
    if not said or other > _MAX_OTHER:
        return None
    verdict = _verdict(names)
    if not verdict:
        return None
    start, end = heard.span(said[0][2], said[-1][3])
    return Value("yes_no", verdict, start, end)


def _verdict(names: set[str]) -> str:
    if "neither" in names or names >= {"yes", "no"} or names >= {"strong", "no"}:
        return ""
    return "no" if "no" in names else "yes" if names else ""


def _english(text: str) -> Value | None:
    words = [word for word in english_words(text) if word.text != ","][:MAX_WORDS]
    joined = " ".join(word.text for word in words)
    if joined == "please":
        return Value("yes_no", "yes", words[0].start, words[-1].end)
    names: set[str] = set()
    strange = 0
    marks: list[tuple[int, int]] = []
    for match in _EN.finditer(joined):
        name = match.lastgroup or ""
        if name == "word":
            strange += match[0] not in _SOFT_EN
            continue
        names.add(name)
        marks.append((match.start(), match.end()))
    verdict = _verdict(names)
    if not verdict or strange > 2 + len(marks):
        return None
    first = joined.count(" ", 0, marks[0][0])
    last = joined.count(" ", 0, marks[-1][1])
    return Value("yes_no", verdict, words[first].start, words[last].end)
