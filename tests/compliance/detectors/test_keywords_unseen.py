"""Phrases of advertisers: those about the merchant are found, those about other things are not."""

import pytest

from compliance.detectors.brand_words import find_brand_words

PLANTED = """
алик скидки / купоны алик / заказать с алика / на алике дешевле / алике находки / алик экспресс
alik express / алишка промокод / алэкспресс скидки / алиэспресс / алиэкспрэсс / аллиэкспресс
алиэкспесс / ализкспресс / аликспресс / алиэксперсс / адиэкспресс / флиэкспресс купить / aliexpess
aliexpreess / aliepress / alyexpress / aliexspress / aliexperss / aliexprss / ali_express
а л и э к с п р е с с / аliexpress / алiэкспрес / AliЭкспресс / aliexpressfinds / мойалиэкспресс
алиэкспрессовские товары / тимолл скидки / т-молл / скидкитмолл / couponstmall / tm-all / 24tmall
алибабу опт / с алибабы / ali baba wholesale / тао бао карго / опт с 1688 / сайт 1688 на русском
али пей / алипэй оплата / вкалипай / экспресс али / алиэкс***сс / чехлы с али / одежда с али
игрушки с али / посылка с али / кешбек али / cupones aliexpress / aliexpress gutschein
indirim kodu aliexpress / аліекспрес купони / 알리 할인코드 / 알리 쿠폰 / علي بابا / 淘宝代购
a11baba / 4l1pay / a1imarna / alirnama / 411exprE55 / спор на алиэкспресс / аналог алиэкспресс
""".replace("\n", " / ").split(" / ")
INNOCENT = """
экспресс-доставка цветов / экспресс курс английского / аэроэкспресс билеты / восточный экспресс
american express card / пони экспресс отслеживание / express vpn / holiday inn express / espresso
экспрессионизм / компресс / алиби / железное алиби / взыскание алиментов / алиса голосовой помощник
алина загитова / ильхам алиев / алик и друзья / подарок алику / отдых в аликанте / aliment bébé
alimentation saine / alimentos naturais / alimony calculator / alias linux / alien isolation
alienware ноутбук / wheel alignment / alitalia flights / аллигатор / мухаммад али бои / ali wong
mahershala ali / ali yılmaz / halı yıkama / nepali food / бали туры / мали страна / kali linux
калий / калитка / малина / галина / наличие / оливье / аллея / лекарство от аллергии / алые паруса
алматы молл / mall of america / small business / hotmail / thermal paste / tall boots / баба яга
бабушкины рецепты / sai baba / babylon / алабама / баобаб / tao te ching / дао / apple pay
ally bank / mama mia / 1888 / 1688 год / в 1688 году / glorious revolution 1688 / рублей 1688
1688 руб / модель 1688 / товары из китая оптом / карго из китая / яндекс маркет / gearbest coupon
promo code / почта экспресс / global express / deli express / виталий экспресс / алекс пресс
alpha express / альянс экспресс / авто экспресс / ali's kitchen / ресторан али / алишер усманов
мой алгоритм / 24 холла / best wallet market / cart mall / chat mall / taboão da serra / tmail
""".replace("\n", " / ").split(" / ")
PLANTED, INNOCENT = ([phrase for phrase in each if phrase] for each in (PLANTED, INNOCENT))
AROUND = ("{}", "{} недорого", "смотри: {}!", "купить телефон, {}", "{} — обзор 2021")
AROUND_INNOCENT = (
    "{}",
    "{} недорого",
    "{} в Москве",
    "{} online",
    "лучшие {} 2021",
    "best {} here",
)


@pytest.mark.parametrize("around", AROUND)
def test_phrases_about_the_merchant_are_found(around):
    missed = [phrase for phrase in PLANTED if not find_brand_words(around.format(phrase))]
    assert len(PLANTED) > 65
    assert len(missed) <= 0.01 * len(PLANTED), missed


@pytest.mark.parametrize("around", AROUND_INNOCENT)
def test_phrases_about_other_things_are_let_alone(around):
    alarms = {
        phrase: found for phrase in INNOCENT if (found := find_brand_words(around.format(phrase)))
    }
    assert len(INNOCENT) > 80
    assert alarms == {}
