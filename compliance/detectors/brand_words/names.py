"""The protected words and their spellings, and what else is written near them."""

from compliance.detectors.brand_words.letters import folded_word, sound

ALIEXPRESS, ALIBABA, ALIPAY, TAOBAO = "AliExpress", "Alibaba", "Alipay", "Taobao"
TMALL, ALIMAMA, N1688 = "Tmall", "Alimama", "1688"
PROTECTED = (ALIEXPRESS, ALIBABA, ALIPAY, TAOBAO, TMALL, ALIMAMA, N1688)


def _by_word(words_of: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {
        folded_word(word).replace(" ", ""): name
        for name, words in words_of.items()
        for word in words
    }


LATIN = {
    "aliexpress": ALIEXPRESS,
    "alibaba": ALIBABA,
    "alipay": ALIPAY,
    "taobao": TAOBAO,
    "tmall": TMALL,
    "alimama": ALIMAMA,
}

# As Russian, Ukrainian, Kazakh and their neighbours write them.
CYRILLIC = _by_word(
    {
        ALIEXPRESS: ("алиэкспресс", "алиекспресс", "аліекспрес"),
        ALIBABA: ("алибаба", "алібаба"),
        ALIPAY: ("алипей", "алипэй", "алипай", "алипеи"),
        TAOBAO: ("таобао",),
        TMALL: ("тмолл", "тмалл", "тимолл"),
        ALIMAMA: ("алимама", "алімама"),
    }
)

# By their sound. Thymol is "тимол" in Russian: only its double letter makes the shop of it.
SOUNDS = {sound(word): name for word, name in (LATIN | CYRILLIC).items() if word != "тимолл"}

# In scripts that are not read by sound; found anywhere in a text, whatever stands between letters.
NATIVE = _by_word(
    {
        ALIEXPRESS: (
            *("速卖通", "速賣通", "アリエクスプレス", "アリエキスプレス", "アリエク"),
            *("알리익스프레스", "알리엑스프레스", "알리익스", "알리엑스"),
            *("알리할인", "알리쿠폰", "알리직구", "알리프로모션"),
            *("علي اكسبرس", "علي اكسبريس", "علي اكسبرايس", "الي اكسبرس", "الي اكسبريس"),
            *("علي اكسپرس", "الي اكسپرس", "عليكسبرس", "اليكسبرس", "اليكسبريس"),
            *("עלי אקספרס", "עלי אכספרס", "אלי אקספרס", "אלי אכספרס", "עליאקספראס"),
            *("अलीएक्सप्रेस", "अलिएक्सप्रेस", "अलीएक्स्प्रेस", "আলিএক্সপ্রেস", "আলীএক্সপ্রেস"),
            *("อาลีเอ็กซ์เพรส", "อาลีเอกซ์เพรส", "อาลีเอ็กเพรส", "அலிஎக்ஸ்பிரஸ்"),
            # Typed with another keyboard layout on.
            *("שךןקספרקדד", "شمهثءحقثسس"),
        ),
        ALIBABA: (
            *("阿里巴巴", "阿里爸爸", "阿里吧吧", "アリババ", "알리바바", "علي بابا", "عليبابا"),
            *("עלי באבא", "עלי בבא", "עליבאבה", "אליבאבא", "अलीबाबा", "আলিবাবা", "আলীবাবা", "อาลีบาบา"),
        ),
        ALIPAY: (
            *("支付宝", "支付寶", "アリペイ", "알리페이", "علي بيي", "عليباي", "اليباي"),
            *("עליפיי", "עלי פיי", "אליפיי", "अलीपे", "อาลีเพย์"),
        ),
        TAOBAO: (
            *("淘宝", "淘寶", "掏宝", "桃宝", "タオバオ", "타오바오", "تاوباو", "تائوبائو"),
            *("טאובאו", "טאו באו", "ताओबाओ", "เถาเป่า", "เถาเปา"),
        ),
        TMALL: ("天猫", "天貓", "tモール", "티몰", "تيمول", "טימול", "टीमॉल", "ทีมอลล์"),
        ALIMAMA: (
            "阿里妈妈",
            "阿里媽媽",
            "アリママ",
            "알리마마",
            "علي ماما",
            "עלי מאמא",
            "अलीमामा",
        ),
        N1688: ("一六八八",),
    }
)
# Short: only where a word begins with it.
NATIVE_WORDS = frozenset(map(folded_word, ("티몰", "تيمول", "טימול", "टीमॉल", "アリママ", "अलीपे")))
# 今天猫 is "today, cats", and there is such a word for every kind of day.
DAYS_BEFORE_CAT = (
    "今明昨每春夏秋冬后後前白聊整全半当當隔两兩几幾一二三四五六七八九十百雨晴阴热冷那这"
)

# "Ali" as a word. Allée, алый and аллы sound like it; ally and allí may be meant so.
ALI_WORDS = frozenset(map(folded_word, ("ali", "aly", "alii", "али", "алли", "алі", "әлі", "әли")))
# A man's name too: only beside words of trade.
ALIK_WORDS = frozenset({"алик", "алика", "алике", "алику", "alik"})
ALLY_WORDS = frozenset({"alli", "ally", "allie", "alie"})
# The second word of names that fall in two after it, by its sound.
TWO_WORDS = {
    "baba": ALIBABA,
    "babah": ALIBABA,
    "pai": ALIPAY,
    "pei": ALIPAY,
    "mama": ALIMAMA,
}
BABA_CASES = frozenset({"бабы", "бабе", "бабу", "бабой"})
# Which makes the name a tale: a person must look.
TALE = (
    *("forty", "40 thieves", "thief", "thieves", "sesame", "tale", "aladdin", "cartoon"),
    *("сорок", "разбойник", "сезам", "сказк", "аладдин", "аладин", "мульт", "спектакл"),
    *("розбійник", "казк", "kırk", "haramiler", "räuber", "ladrones", "voleurs", "rozbójnik"),
    *("40 разб", "盗賊", "大盗", "大盜", "도적", "الاربعون", "الاربعين", "اللصوص", "השודדים"),
)
TALES = tuple(map(folded_word, TALE))

# Ordinary words within an edit of a protected one.
INNOCENT = frozenset(
    map(
        folded_word,
        (
            *("small", "mall", "malls", "tall", "tmail", "thall", "teall", "tjall"),
            *("aglipay", "baobao", "taotao", "taboão", "алишей", "либава"),
        ),
    )
)
# Names of people and places, and what children say: a person must look.
DOUBTFUL = frozenset({"alpay", "almama"})
# Who is called Ali.
NAMED_ALI = tuple(
    map(folded_word, ("muham", "moham", "мухам", "мохам", "магомед", "hassan", "хасан", "boxer"))
)
# What makes a shop of "Ali" after a preposition, by how the word begins.
SHOPPING = tuple(
    map(
        folded_word,
        (
            *("buy", "bought", "order", "haul", "find", "deal", "coupon", "promo", "cashback"),
            *("sale", "shop", "deliver", "cheap", "purchase", "discount", "seller", "parcel"),
            *("куп", "заказ", "товар", "покуп", "скид", "промо", "кэшб", "кешб", "достав"),
            *("дешев", "распрод", "посыл", "магаз", "отзыв", "найд", "находк", "цен", "продав"),
            *("замов", "знижк", "закуп", "чехл", "чехол", "одежд", "обув", "гаджет", "игрушк"),
            *("подборк", "распаков", "кэшб", "купон", "gadget", "unbox"),
        ),
    )
)
# What "express" makes a service of, not a name.
SERVICES = tuple(
    map(
        folded_word,
        (
            *("deliver", "shipp", "mail", "train", "ticket", "bus", "coffee", "checkout", "test"),
            *("достав", "поезд", "билет", "автобус", "кофе", "тест", "курс", "ремонт", "кредит"),
        ),
    )
)
COUPONS = tuple(map(folded_word, ("coupon", "promo", "cashback", "купон", "промо", "кэшб", "кешб")))
PREPOSITIONS = frozenset({"on", "from", "at", "на", "с", "со", "из", "із", "з", "по"})
