"""The protected words, and how far a misspelling of each may stray."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Brand:
    """One protected word.

    name: as its owner writes it; word: in lower-case Latin; spellings: other ways to write it, in
    Latin letters after transliteration; native: in its own script; halves: its two parts, where a
    change of order is still the same name; cyrillic: as Russian shops write it. Budgets are costs
    of `similarity`: `whole` for a label that is nothing else, `part` for a word among other words
    (0: no misspelling is looked for).
    """

    name: str
    word: str
    whole: int
    part: int
    spellings: tuple[str, ...] = ()
    native: tuple[str, ...] = ()
    halves: tuple[str, str] | None = None
    cyrillic: tuple[str, ...] = ()


# A long word bears two slips and is still itself; one slip makes other words of a short one.
ALIEXPRESS = Brand(
    name="AliExpress",
    word="aliexpress",
    whole=20,
    part=10,
    spellings=("aliekspress", "aliekspres"),
    native=("速卖通", "速賣通"),
    halves=("ali", "express"),
    cyrillic=("алиэкспресс", "алиекспресс", "алиэкспрес", "алиекспрес", "аліекспрес"),
)
TMALL = Brand(
    name="Tmall",
    word="tmall",
    whole=10,
    part=0,
    spellings=("tmoll",),
    native=("天猫", "天貓"),
    cyrillic=("тмолл", "тмалл", "тимолл", "тмол"),
)
NUMBER = Brand("1688", "1688", whole=10, part=0)
BRANDS = (
    ALIEXPRESS,
    Brand("Alibaba", "alibaba", 12, 10, (), ("阿里巴巴",), ("ali", "baba"), ("алибаба", "алібаба")),
    Brand(
        "Alipay",
        "alipay",
        10,
        10,
        ("alipey", "alipei"),
        ("支付宝", "支付寶"),
        ("ali", "pay"),
        ("алипей", "алипэй", "алипай"),
    ),
    Brand("Taobao", "taobao", 10, 10, (), ("淘宝", "淘寶"), None, ("таобао",)),
    Brand(
        "Alimama", "alimama", 12, 10, (), ("阿里妈妈", "阿里媽媽"), ("ali", "mama"), ("алимама",)
    ),
    TMALL,
    NUMBER,
)
