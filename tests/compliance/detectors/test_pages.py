"""A page is judged by what a visitor sees; what the machine only suspects goes to a person."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.detectors.charsets import decoded
from compliance.detectors.finding import Verdict
from compliance.detectors.markup import tamed
from compliance.detectors.page_reading import read_page
from compliance.detectors.pages import PageCheck, check_page

URL = "https://coupons.example/ali/"
NOTICE = "This site is not affiliated with AliExpress."
FILLER = "Here are the best coupons and promo codes for the week, with the price of each item. " * 5
TITLE = "<title>AliExpress coupons</title>"


def checked(page: str, url: str = URL, **options) -> PageCheck:
    return check_page(page.encode(), url, **options)


def about_merchant(inside: str, head: str = "") -> str:
    return f"<html lang=en><head>{TITLE}{head}</head><body><p>{FILLER}</p>{inside}</body>"


def steps(check: PageCheck, rule: str) -> set[str]:
    return {finding.step for finding in check.report.findings if finding.rule == rule}


# --- F34: the notice --------------------------------------------------------------------

NOTICES = [
    "This site is not affiliated with AliExpress.",
    "We are not in any way associated with or endorsed by AliExpress or Alibaba Group.",
    "This isn't an official AliExpress website.",
    "coupons.example is an independent website.",
    "Unofficial fan site about AliExpress",
    "This website has no affiliation with AliExpress",
    "We are independent from the merchant.",
    "Сайт не является официальным сайтом AliExpress.",
    "Сайт не является официальным",
    "Мы не имеем отношения к компании Алиэкспресс",
    "Данный сайт не связан с Alibaba Group",
    "Неофициальный сайт о покупках на АлиЭкспресс",
    "Партнёрский сайт",
    "Это независимый проект о покупках в Китае",
    "Сайт не аффилирован с AliExpress",
    "Цей сайт не є офіційним сайтом AliExpress",
    "Ta strona nie jest powiązana z AliExpress",
    "Diese Seite ist nicht mit AliExpress verbunden",
    "Ce site n'est pas affilié à AliExpress",
    "Este sitio no está afiliado a AliExpress",
    "Este site não é afiliado ao AliExpress",
    "Questo sito non è affiliato ad AliExpress",
    "NOT AFFILIATED\n   WITH\u00a0ALIEXPRESS",
    "This site is not affil\u00adiated with AliExpress",
    "This site is <b>not</b> affiliated<br>with <i>Ali</i>Express",
]

HIDDEN = [
    '<p style="display:none">{}</p>',
    '<p style="color:red; DISPLAY : none !important">{}</p>',
    '<div style="visibility:hidden"><b>{}</b></div>',
    '<p style="font-size:0">{}</p>',
    '<p style="font-size:1px">{}</p>',
    '<p style="font-size:0.1em">{}</p>',
    '<p style="opacity:0">{}</p>',
    '<p style="position:absolute;left:-9999px">{}</p>',
    '<p style="text-indent:-5000px">{}</p>',
    '<p style="color:#fff;background:#fff">{}</p>',
    '<p style="color:transparent">{}</p>',
    '<p style="height:0;overflow:hidden">{}</p>',
    "<p hidden>{}</p>",
    "<!-- {} -->",
    "<noscript><p>{}</p></noscript>",
    "<template>{}</template>",
    "<script>var a = '{}';</script>",
    "<style>/* {} */</style>",
    "<textarea hidden>{}</textarea>",
    "<details><summary>More</summary>{}</details>",
    '<img src="/a.png" alt="{}">',
    '<p title="{}">x</p>',
    '<meta name="description" content="{}">',
    "<style>.tiny, .x {{ font-size: 0 }}</style><p class='a tiny'>{}</p>",
    "<style>p#legal{{display:none}}</style><p id=legal>{}</p>",
    "<style>aside{{display:none}}</style><aside><div>{}</div></aside>",
]


@pytest.mark.parametrize("notice", NOTICES)
def test_a_notice_in_plain_sight_is_enough(notice):
    check = checked(about_merchant(f"<footer><small>{notice}</small></footer>"))
    assert check.report.verdict == Verdict.CLEAR, check.report.findings


@pytest.mark.parametrize("hiding", HIDDEN)
def test_a_notice_that_nobody_sees_is_none(hiding):
    check = checked(about_merchant(hiding.format(NOTICE)))
    assert check.report.verdict == Verdict.VIOLATION
    assert steps(check, "F34") <= {"no_notice", "notice_hidden"}


@pytest.mark.parametrize(
    "text",
    [
        "This post is not sponsored.",
        "No related posts were found.",
        "There is no official word from the maker of the phone.",
        "Вопрос не связан с доставкой.",
        "Срок не относится к выходным.",
        "Keine Verbindung zum Server.",
    ],
)
def test_words_of_a_denial_that_deny_something_else_are_no_notice(text):
    check = checked(f"<html lang=en>{TITLE}<p>{text}</p><p>{'x ' * 100}</p><p>{FILLER}")
    assert steps(check, "F34") == {"no_notice"}


def test_a_page_about_the_merchant_without_a_notice_breaks_the_rule():
    check = checked(about_merchant(""))
    assert (check.report.verdict, steps(check, "F34")) == (Verdict.VIOLATION, {"no_notice"})
    assert check.report.as_json()["findings"][0]["rule"] == "F34"


@pytest.mark.parametrize(
    "page",
    [
        f"<html lang=en><title>My kitchen</title><p>{FILLER} I bought it on AliExpress.",
        f"<html lang=en><title>Tips</title><p>{FILLER}<a href='https://m.aliexpress.com/x'>buy</a>",
        f"<html lang=ja><title>AliExpress</title><p>{FILLER}",
        f"{about_merchant('<p>We earn a commission through affiliate links.')}",
        "<title>AliExpress</title><div id=app></div><script src=/app.js></script>",
        f"<html lang=en>{TITLE}<p>{NOTICE}{FILLER} The official AliExpress site",
        f"<html lang=ru><title>Алиэкспресс официальный сайт</title><p>{NOTICE}",
    ],
)
def test_what_is_only_suspected_goes_to_a_person(page):
    assert checked(page).report.verdict == Verdict.REVIEW


@pytest.mark.parametrize(
    "page",
    [
        f"<title>Bread</title><p>{FILLER}<a href='https://aliexpress.com.evil.example/'>x</a>",
        f"<html lang=en>{TITLE}<p>{FILLER}{NOTICE} This is not the official AliExpress site.",
        "",
        "<p>Hello",
    ],
)
def test_a_page_that_cannot_be_taken_for_the_merchants_is_clear(page):
    assert checked(page).report.verdict == Verdict.CLEAR


# --- F33: header and icons --------------------------------------------------------------

IN_HEADER = [
    '<header><img src="{}"></header>',
    '<nav><a href="/"><img data-src="{}"></a></nav>',
    '<div class="site-header"><div><img srcset="{} 2x"></div></div>',
    "<div id=logo style=\"background:url('{}')\"></div>",
    '<div role="banner"><picture><source srcset="{}"></picture></div>',
    '<header><svg><image xlink:href="{}"/></svg></header>',
]
LOGO = "https://ae01.alicdn.com/kf/aliexpress-logo.png"


@pytest.mark.parametrize("header", IN_HEADER)
def test_the_merchants_logo_from_its_own_host_breaks_the_rule_in_the_header(header):
    check = checked(about_merchant(header.format(LOGO) + NOTICE))
    assert (check.report.verdict, steps(check, "F33")) == (Verdict.VIOLATION, {"header_picture"})
    assert check.header_pictures == (LOGO,)


@pytest.mark.parametrize(
    "header",
    [
        '<header><img src="/img/aliexpress.svg"></header>',
        '<header><img src="/a.png" alt="AliExpress"></header>',
        '<header><img src="https://ae01.alicdn.com/kf/H8f.jpg"></header>',
        '<header><svg><title>АлиЭкспресс</title><path d=""/></svg></header>',
        '<div class="logo"><img src="/l.png" title="Али Экспресс"></div>',
    ],
)
def test_one_sign_of_the_logo_goes_to_a_person(header):
    check = checked(about_merchant(header + NOTICE))
    assert (check.report.verdict, steps(check, "F33")) == (Verdict.REVIEW, {"header_picture"})


@pytest.mark.parametrize(
    "inside",
    [
        '<header><img src="/our-logo.png" alt="Coupons of the week"></header>',
        '<main><article><header><img src="https://ae01.alicdn.com/a.jpg"></header></article></main>',
        '<section><img src="https://ae01.alicdn.com/kf/aliexpress.jpg"></section>',
        '<header><img src="https://aliexpress-tips.example/logo.png"></header>',
    ],
)
def test_pictures_that_are_not_the_merchants_or_not_in_the_header_are_clear(inside):
    assert checked(about_merchant(inside + NOTICE)).report.verdict == Verdict.CLEAR


@pytest.mark.parametrize(
    ("link", "verdict"),
    [
        ("https://ae01.alicdn.com/images/eng/wholesale/icon/aliexpress.ico", Verdict.VIOLATION),
        ("https://www.aliexpress.com/favicon.ico", Verdict.VIOLATION),
        ("https://ae01.alicdn.com/kf/H1.png", Verdict.REVIEW),
        ("/static/aliexpress.ico", Verdict.REVIEW),
        ("/favicon.ico", Verdict.CLEAR),
        ("data:image/png;base64,iVBORw0KGgo=", Verdict.CLEAR),
    ],
)
def test_an_icon_of_the_merchants_is_found(link, verdict):
    check = checked(about_merchant(NOTICE, f'<link rel="shortcut icon" href="{link}">'))
    assert check.report.verdict == verdict


def test_icons_are_given_whole_for_the_comparison():
    head = """<base href="https://cdn.example/x/"><link rel=icon href=a.png>
        <link rel="apple-touch-icon" href="//b.example/b.png"><link rel=icon href="javascript:x">
        <link rel="ICON" href="data:image/png;base64,AAAA"><link rel=stylesheet href=c.css>"""
    assert checked(f"<head>{head}</head>").icons == (
        "https://cdn.example/x/a.png",
        "https://b.example/b.png",
        "data:image/png;base64,AAAA",
    )
    assert checked("<p>x").icons == ("https://coupons.example/favicon.ico",)


# --- F36: refunds taught ----------------------------------------------------------------

TEACHING = [
    "How to get a refund on AliExpress and keep the item",
    "Guide: keep the product and get your money back every time",
    "Как вернуть деньги на Алиэкспресс и оставить товар себе",
    "Способ возврата: вернуть деньги, оставив товар",
    "Наш рефандер поможет",
    "Схема возврата без отправки товара",
    "Учимся обманывать: как кинуть продавца на Али",
    "Easy ways of cheating Chinese sellers",
    "The best refund method of 2020",
    "Open the dispute with edited photos",
    "Откройте спор и приложите поддельные фото",
    "Бесплатный товар через спор на Алиэкспресс",
    "Напишите, что не пришло, хотя посылка у вас",
]
INNOCENT = [
    "Refund policy",
    "How to return an item to the seller and get a refund",
    "Как вернуть товар продавцу и получить деньги назад",
    "Как открыть спор на Алиэкспресс, если товар не пришёл",
    "Buyer protection: get a full refund if your order does not arrive",
    "You may keep the item and get a partial refund from the seller",
    "Можно оставить товар и вернуть часть денег",
    "Keep your order number until the goods arrive",
    "Возврат денег занимает 15 дней",
    "Оставить отзыв о товаре",
]
WARNING = [
    "Scammers ask how to get a refund and keep the item; this is fraud and your account is banned",
    "Мошенники предлагают рефанд: это незаконно",
    "Buyers who get a refund keep the item in some cases",
]


@pytest.mark.parametrize("text", TEACHING)
def test_lessons_in_refunds_and_deceit_break_the_rule(text):
    check = checked(about_merchant(f"<h2>{text}</h2><p>{NOTICE}</p>"))
    assert check.report.verdict == Verdict.VIOLATION
    assert steps(check, "F36")


@pytest.mark.parametrize("text", INNOCENT)
def test_ordinary_help_with_refunds_is_clear(text):
    assert checked(about_merchant(f"<h2>{text}</h2><p>{NOTICE}</p>")).report.verdict == "clear"


@pytest.mark.parametrize("text", WARNING)
def test_a_warning_is_not_a_lesson_but_a_person_looks(text):
    assert checked(about_merchant(f"<h2>{text}</h2><p>{NOTICE}</p>")).report.verdict == "review"


# --- Letters ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("Неофициальный сайт".encode(), ""),
        ("Неофициальный сайт".encode("cp1251"), ""),
        ("Неофициальный сайт".encode("cp1251"), "text/html; charset=windows-1251"),
        ("Неофициальный сайт".encode("cp1251"), "text/html; charset=utf-8"),
        ("Неофициальный сайт".encode("koi8-r"), "text/html;charset=KOI8-R"),
        ("<meta charset='koi8-r'>Неофициальный сайт".encode("koi8-r"), ""),
        (b"<meta http-equiv=x content='text/html; charset=cp1251'>"
         + "Неофициальный сайт".encode("cp1251"), ""),
        ("\ufeffНеофициальный сайт".encode(), "text/html; charset=cp1251"),
        ("\ufeffНеофициальный сайт".encode("utf-16-le"), ""),
        ("Неофициальный сайт".encode(), "text/html; charset=hex"),
        ("Неофициальный сайт".encode(), "text/html; charset=utf-7"),
    ],
)  # fmt: skip
def test_letters_are_read_whatever_they_are_written_in(body, content_type):
    assert decoded(body, content_type).endswith("Неофициальный сайт")
    assert "неофициальный сайт" in read_page(body, URL, content_type).visible


# --- Hostile pages ----------------------------------------------------------------------

BUILDING_STONES = [
    "<div>", "<b>", "<p><b><i>", "<table><tr><td>", "<", "<a><div></a>", "<a><div></a></div>",
    "<!--", "<!-->", '<a b="', "<script>", "<style>{", "<style>a{font-size:0}</style>", "&amp",
    "refund ", "not ", "вернуть ", "<header><img src=a alt=aliexpress>", "<svg>", "<template>",
    "<div><table></div>", "fake photo dispute ", "how to refund keep ",
]  # fmt: skip


@pytest.mark.parametrize("stone", BUILDING_STONES)
def test_a_hostile_page_is_read_in_a_moment(stone):
    page = stone * (400_000 // len(stone))
    started = time.process_time()
    checked(page)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("attribute", ["a{}=1 ", "id=1 ", "style=x "])
def test_a_tag_with_very_many_attributes_is_read_in_a_moment(attribute):
    page = "<div " + "".join(attribute.format(n) for n in range(60_000)) + ">"
    started = time.process_time()
    checked(page)
    assert time.process_time() - started < 5


def test_what_was_cut_off_goes_to_a_person():
    check = checked(f"<p>{NOTICE}" + "<div>" * 10_000)
    assert (check.report.verdict, steps(check, "F34")) == (Verdict.REVIEW, {"too_large"})


def test_quoted_markup_in_an_attribute_hides_nothing():
    page = about_merchant(
        f'<p title="<script>">How to cheat sellers</p><p title="</script>">{NOTICE}'
    )
    assert steps(checked(page), "F36") == {"deceiving_sellers"}


_PIECES = st.sampled_from(
    ["<", ">", "</", "<!--", "-->", '"', "'", "=", " ", "/", "<p", "<div>", "</div>", "<script>",
     "</script>", "<style>", "</style>", "<title>", "aliexpress", NOTICE, "style=display:none",
     "<header>", "<img src=", "<svg>", "\x00", "&lt;", "\ud800", "<a href=//[", "<base href=//["]
)  # fmt: skip


@given(st.one_of(st.binary(max_size=300), st.lists(_PIECES, max_size=40).map("".join)))
@settings(deadline=None)
def test_any_bytes_get_a_verdict(page):
    body = page if isinstance(page, bytes) else page.encode("utf-8", "surrogatepass")
    report = check_page(body, URL, "text/html; charset=x").report
    assert bool(report.findings) == (report.verdict != Verdict.CLEAR)
    assert all(finding.sentence.endswith(".") for finding in report.findings)


@given(st.lists(_PIECES, max_size=30).map("".join))
@settings(deadline=None)
def test_taming_twice_is_taming_once(page):
    once = tamed(page).markup
    assert tamed(once).markup == once


@given(st.text(alphabet=st.characters(exclude_characters="<>&\x00\r", exclude_categories=["Cs"])))
@settings(deadline=None)
def test_plain_text_is_seen_whole(text):
    seen = read_page(f"<meta charset=utf-8><p>{text}</p>".encode(), URL).visible
    assert seen == read_page(f"<meta charset=utf-8><pre>{text}</pre>".encode(), URL).visible
    for word in text.split():
        if word.isascii() and word.isalnum():
            assert word.lower() in seen
