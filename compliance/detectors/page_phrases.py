"""What pages say: notices that a site is a third party's, claims of the contrary, refund teaching.

Patterns run over plain text (lower case, single spaces, ё as е); each is bounded and linear.
"""

import re

# --- F34: the site is somebody else's ----------------------------------------------------

_NEAR = r"[^.!?]{0,120}"

# Denials that count where the merchant is named near them: of a post one says the same words.
_DENIALS = tuple(
    re.compile(pattern)
    for pattern in (
        # English
        (
            r"(?:\b(?:not|nor|no|neither|in no way|never)|n't)\b[^.!?]{0,40}\b(?:affiliated|owned"
            r"|associated|connected|related|endorsed|sponsored|authori[sz]ed|operated|maintained"
            r"|part of|official|affiliation|association|connection|relationship)\b"
        ),
        r"\bindependent(?:ly)? (?:of|from|run|operated|owned)\b",
        # Russian, Ukrainian, Polish
        (
            r"\bне (?:\w+ ){0,2}(?:аффилирован|связан|принадлеж|относ|представля|сотруднич)\w*"
            r"|\bне (?:имеет|имеем) (?:\w+ ){0,2}(?:отношени|связ)"
        ),
        r"\bне пов'?язан",
        r"\bnie (?:jest|ma|jestesmy|jesteśmy) (?:\w+ ){0,3}(?:powi[aą]zan|stowarzyszon|zwi[aą]zk)",
        # German, French, Spanish, Portuguese, Italian, Turkish
        r"\b(?:nicht|keine?r?) (?:\w+ ){0,4}(?:verbunden|offiziell\w*|verbindung)\b",
        (
            r"\b(?:n'est|ne sommes|n'a) (?:pas|aucun\w*) (?:\w+ ){0,3}(?:affili[eé]|officiel|li[eé]"
            r"|associ[eé])"
        ),
        (
            r"\bno (?:es|est[aá]|estamos|somos|tiene) (?:\w+ ){0,4}(?:afiliad|asociad"
            r"|vinculad|relacion)"
        ),
        (
            r"\bn[aã]o (?:e|é|est[aá]|somos|possui|tem) (?:\w+ ){0,4}(?:afiliad|associad|vinculad"
            r"|v[ií]nculo)"
        ),
        r"\bnon (?:e|è|siamo) (?:\w+ ){0,4}(?:affiliat|associat|collegat)",
        r"\bresmi (?:\w+ ){0,3}değil",
    )
)
_MERCHANT_NEAR = re.compile(
    r"ali[ -]?express|али[ -]?[эе]кспрес|alibaba|алибаба|\bmerchants?\b|\bmarketplace|\bмаркетплейс"
)

# Words that say it of the site itself.
_NOTICES = tuple(
    re.compile(pattern)
    for pattern in (
        (
            r"(?:\b(?:not|no)|n't) (?:\w+ ){0,3}official (?:\w+ ){0,2}(?:site|website|page|store"
            r"|shop|app|partner|representative)"
        ),
        (
            r"\b(?:unofficial|non-official) (?:\w+ ){0,3}(?:site|website|page|blog|guide|app|group"
            r"|fan|resource|project|service|catalog|shop|community|channel)"
        ),
        (
            r"\b(?:independent|third[- ]party) (?:\w+ )?(?:site|website|blog|project|resource"
            r"|service|page)\b"
        ),
        r"\bwe are (?:an? )?(?:independent|third[- ]party|affiliate partner|affiliate site)",
        r"\bне (?:явля(?:ется|емся|ются)|есть) (?:\w+ ){0,4}(?:официальн|представител|аффилир)",
        (
            r"\bнеофициальн\w+ (?:\w+ ){0,2}(?:сайт|ресурс|блог|страниц|проект|групп"
            r"|сообществ|канал"
            r"|каталог|сервис|магазин)"
        ),
        r"\bне официальн\w+ (?:\w+ ){0,2}(?:сайт|ресурс|магазин|страниц|представ)",
        r"\bпартнерск\w+ (?:сайт|ресурс|проект|магазин|каталог|страниц)",
        r"\b(?:независим\w+|сторонн\w+) (?:\w+ )?(?:сайт|ресурс|проект|блог|сервис|каталог)",
        r"\bне є (?:\w+ ){0,2}офіційн|\bне з'яўляецца (?:\w+ ){0,2}афіцыйн",
        r"\bнеофіційн\w+ (?:\w+ )?(?:сайт|ресурс|блог|проект)",
        r"\bnie jest (?:\w+ ){0,2}oficjaln|\bnieoficjaln\w+ (?:\w+ )?(?:stron|serwis|blog)",
        r"\binoffizielle?\w* (?:\w+ )?(?:seite|website|blog)",
        r"\bsite (?:non officiel|ind[eé]pendant|n[aã]o oficial|non ufficiale)",
        r"\b(?:sitio|p[aá]gina|web) (?:\w+ )?(?:no oficial|independiente)",
    )
)

# It says that it earns, but not that it is somebody else's.
DISCLOSURES = re.compile(
    r"\baffiliate (?:links?|disclosure|programme?|commission)|\bearn (?:a |an )?(?:\w+ )?commission"
    r"|\bпартнерск\w+ (?:ссылк|программ)|\bполуча\w+ комисси"
)

# It says that it is the merchant.
CLAIMS = re.compile(
    r"\bofficial (?:{b}) (?:\w+ )?(?:site|website|store|shop|page|group|channel)"
    r"|\b(?:{b}) official (?:site|website|store|shop|page|group|channel)"
    r"|(?<!не )(?<!не)\bофициальн\w+ (?:\w+ )?(?:сайт|магазин|страниц\w|групп\w|канал) (?:{b})"
    r"|\b(?:{b}) (?:[-–—:|] ?)?официальн\w+ (?:сайт|магазин|страниц|групп|канал)".replace(
        "{b}", r"aliexpress|ali express|алиэкспресс|али экспресс|алиекспресс|alibaba"
    )
)
_DENIED = re.compile(r"(?:\b(?:not|no|un|не|ни|никак|nor|never)|n't)\b[^.!?]{0,40}\Z")

# --- F36: refunds taught, sellers deceived -----------------------------------------------

_KEEP_EN = (
    r"(?:keep(?:ing)?|kept) (?:the |your |an? )?(?:item|product|goods|order|parcel|package|it)\b"
)
_REFUND_EN = r"\b(?:refund(?:s|ed)?|money back|your money)\b"
_KEEP_RU = r"остав(?:ить|ив|ляем|ляя|им|ь|ите)\b[^.!?]{0,25}(?:товар|вещь|заказ|посылк|себе)"
_REFUND_RU = r"(?:верн(?:уть|ув|ем|и|ите)|возврат|возвращ\w+|рефанд\w*)\b"
_HOW = (
    r"\b(?:how to|how you|guide|tutorial|method|trick|hack|scheme|step by step|secret|ways? to)\b"
)
_HOW_RU = r"\b(?:как|способ\w*|схем\w+|инструкци\w+|лайфхак\w*|хитрост\w+|секрет\w*|гайд)\b"

TEACHING: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "refund_and_keep",
        re.compile(
            rf"{_REFUND_EN}{_NEAR}\b{_KEEP_EN}|\b{_KEEP_EN}{_NEAR}{_REFUND_EN}"
            rf"|\b{_REFUND_RU}{_NEAR}\b{_KEEP_RU}|\b{_KEEP_RU}{_NEAR}\b{_REFUND_RU}"
        ),
    ),
    (
        "refund_scheme",
        re.compile(
            r"\brefund(?:ing)? (?:scheme|method|trick|hack|service|tutorial|guide for free)s?\b"
            r"|\brefunder\b|\bftid\b|\bfake tracking id\b|\bempty box (?:method|trick|scam)"
            r"|\bрефанд(?:инг\w*|ер\w*|ить|им)?\b|\bсхем\w+ (?:\w+ ){0,2}возврат"
            r"|\b(?:бесплатн\w+|халявн\w+) (?:товар|заказ|посылк)\w*[^.!?]{0,60}\b(?:спор|диспут"
            r"|возврат)|\b(?:через|с помощью) (?:спор\w*|диспут\w*)[^.!?]{0,40}\b(?:бесплатно"
            r"|халяв)"
            rf"|{_HOW}[^.!?]{{0,60}}\bfree (?:items?|stuff|products?)\b[^.!?]{{0,60}}\b(?:disputes?"
            r"|refunds?)\b"
        ),
    ),
    (
        "deceiving_sellers",
        re.compile(
            r"\b(?:deceiv\w+|trick(?:ing)?|scam(?:ming)?|cheat(?:ing)?|fool(?:ing)?"
            r"|rip(?:ping)? off"
            r"|con) (?:the |a |an |your |any |chinese |aliexpress |those )*sellers?\b"
            r"|\b(?:обман(?:уть|ываем|ывать|ите|ем)|кинуть|кидаем|кидать|развести|разводим"
            r"|разводить"
            r"|надуть|нагреть|облапошить) (?:\w+ ){0,2}(?:продав|китайц|магазин)"
        ),
    ),
    (
        "dispute_trick",
        re.compile(
            r"\b(?:fake|edited|photoshopped|doctored) (?:photos?|pictures?|videos?|proofs?"
            r"|evidence)"
            r"\b[^.!?]{0,80}\b(?:dispute|refund|claim)"
            r"|\b(?:dispute|refund|claim)\b[^.!?]{0,80}\b(?:fake|edited|photoshopped"
            r"|doctored) (?:photo"
            r"|picture|video|proof|evidence)"
            r"|\b(?:поддельн\w+|фальшив\w+|липов\w+|чуж\w+) (?:фото|видео"
            r"|доказательств)\w*[^.!?]{0,80}"
            r"\b(?:спор|диспут|возврат)|\b(?:спор|диспут)\w*[^.!?]{0,80}\b(?:поддельн|фальшив"
            r"|липов)\w+"
            r" (?:фото|видео|доказательств)|\bфотошоп\w*[^.!?]{0,60}\b(?:спор|диспут)"
            r"|\bsay (?:that )?(?:it|the (?:item|package|parcel)) (?:never|did not|didn't) arriv\w+"
            r"[^.!?]{0,80}\b(?:even (?:if|though)|although)"
            r"|\b(?:скаж|напиш|заяв|утвержда)\w+[^.!?]{0,30}не (?:приш"
            r"|получ)\w+[^.!?]{0,40}\bхотя\b"
        ),
    ),
)

_HOW_TO = re.compile(f"{_HOW}|{_HOW_RU}")
# Part of the money back and the thing kept is what the merchant itself offers in a dispute.
_PARTIAL = re.compile(
    r"\bpartial|\bpart of (?:the|your) (?:money|price|cost)|\bчастич|\bчасть (?:денег|стоимости"
    r"|суммы)"
)
_WARNING = re.compile(
    r"\b(?:scammers?|fraud\w*|illegal|forbidden|banned?|never|don't|do not|beware|warn\w*"
    r"|protect\w*"
    r"|against|avoid|мошенни\w+|нельзя|незаконн\w+|запрещ\w+|осторожн\w+|не делайте|не пытайтесь"
    r"|защит\w+|против|блокир\w+|наказ\w+|предупрежд\w+)\b"
)
_AROUND = 160  # characters on each side in which a warning tells that nothing is taught


def notice_in(text: str) -> str | None:
    """The words by which a text says that the site is not the merchant's; None if it does not."""
    for pattern in _NOTICES:
        if found := pattern.search(text):
            return _words_around(text, found)
    for pattern in _DENIALS:
        for found in pattern.finditer(text):
            if _MERCHANT_NEAR.search(text, max(0, found.start() - 80), found.end() + 80):
                return _words_around(text, found)
    return None


def _words_around(text: str, found: re.Match[str]) -> str:
    return text[max(0, found.start() - 40) : found.end() + 40]


def claim_in(text: str) -> str | None:
    """The words by which a text says that the site is the merchant's own; denials are none."""
    for found in CLAIMS.finditer(text):
        if not _DENIED.search(text, max(0, found.start() - 60), found.start()):
            return found[0]
    return None


def teachings_in(text: str) -> list[tuple[str, str, bool]]:
    """Step, words, and whether it plainly teaches: a how-to, or a scheme, without a warning."""
    told = []
    for step, pattern in TEACHING:
        best: tuple[str, str, bool] | None = None
        for found in pattern.finditer(text):
            around = text[max(0, found.start() - _AROUND) : found.end() + _AROUND]
            if step == "refund_and_keep" and _PARTIAL.search(around):
                continue
            plainly = not _WARNING.search(around) and (
                step != "refund_and_keep" or bool(_HOW_TO.search(around))
            )
            if best is None or (plainly and not best[2]):
                best = (step, found[0][:300], plainly)
            if plainly:
                break
        told += [best] if best else []
    return told
