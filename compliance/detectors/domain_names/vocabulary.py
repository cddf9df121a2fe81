"""Small word lists: what stands beside a brand, and what only looks like one.

They are kept short on purpose: a name is judged by its likeness to a protected word, and a list
only tells where a word may begin or end.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Said of trade: beside a bare "ali" they make a name that a person should look at.
SHOPPING = _words(
    """
    aff affiliate bargain bargains bonus buy buyer buying cashback cash cheap china chinese
    code codes coupon coupons deal deals delivery discount discounts dropship dropshipping finds
    freebies gift gifts haul mall market marketplace offer offers order orders outlet parcel
    price prices product products promo promocode promocodes promos purchase resale reseller sale
    sales save saver saving savings seller sellers shipping shop shopper shoppers shopping shops
    stock store
    stores tracking voucher vouchers wholesale
    aktsii akcii akciya dostavka halyava kashbek keshbek kitay kitai kupon kupony kupit magazin
    nahodki nakhodki optom pokupka pokupki posylka posylki promokod promokody rasprodazha
    shoping skidka skidki skidok tovar tovary tovarov tsena zakaz zakazy
    achat barato chollos comprar compras cupon cupones descuento descuentos gutschein loja oferta
    ofertas okazje promocje rabatt rebajas sconti sklep soldes tienda
    """
)
# Said of anything: where one ends, the next word may begin.
COMPANIONS = SHOPPING | _words(
    """
    about access account accounts admin agent alert all america and app apps asia auth bank banking
    beauty best big billing black blog board bot brazil
    brand business by car card cargo center central channel chat check checkout city claim click
    clothes
    club com company confirm connect contact cool crypto customer daily data dev digital direct
    download drop easy electronics english enroll europe extension fan fans fashion fast find for
    forum free france from fun gadget gadgets game games germany get global gold good great green
    group groups guide health help helper home host hot house html http https hub idea ideas india
    info insurance international invoice israel italia italy item items japan job jobs kart kids
    kit lab land latest lead life line link list live local log login logistics love lucky mail main
    manage master media men mobile money movies music my net network new news now official one
    online only
    open page partner pay payment payments phone plus poland portal post power premium pro profile
    program quality real recover recovery register report reset review reviews russia safe search
    secure security server service services signin signup site smart social soft space spain
    special sport ssl star start status stream style super support system team tech test the time
    tips today tool tools top toy toys track tracker trade transfer travel trust try turkey ukraine
    unlock update usa user vacation verification verify video vip wallet watch web website welcome
    win
    wish with women world www your zone
    dlya luchshee luchshie moy nash obzor obzory otzyvy russia rossii rossiya vse
    android backit belarus blogger brasil customers dress epn ftp garden gruppa invest ios
    kazakhstan links
    logistic ofitsialnyy ofitsialnyi our parts podborka polska prize rabota sayt sayta shoes sklad
    supplier suppliers telegram true warehouse winner ww youtube
    вк все для ком купон купоны кешбэк кэшбэк лучшее лучшие магазин мой мои на наш находки
    обзор обзоры опт оптом отзыв отзывы официальный подборка промокод промокоды распродажа рф ру
    россия сайт скидка скидки скидок товар товары доставка шоп
    """
)
# What stands between the two parts of a name; shorter words are found everywhere.
LONGER_COMPANIONS = frozenset(word for word in COMPANIONS if len(word) > 2)
# Before these, "al" and the like belong to no longer word: myal, getal, theal are none.
OPENERS = _words(
    "best buy cheap from ftp get go hot http https mobile my new our shop the top try vip web ww"
    " www your"
)
# Ends of words in -ali and -alie, without it: Itali(a), Bali, Somali, Natalie, digitali.
BEFORE_ALI_WHOLE = _words("b c d g h j k l m n p r s t v w z")
BEFORE_ALI = tuple(
    _words(
        """
    al am anim anj austr az beng bho capit centr cortic cultur deep den digit dip diw eul fin flor
    gener
    ghaz glob gorakh gre hospit it jug kath kig leg loc mag mand mart medi medic met mit moh mondi
    music nat nation natur nep norm not offici orient origin person post pr prov rajn re region
    rit ros roy rup sand son soci som speci spet spiritu th thess tot tradition tri univers vaish
    vit vish
    virtu westph reg can ann port osped segn giorn materi industri essenzi nav mur dot quint
    """
    )
)
# "ali" begins these, so that "expressalignment" is express and alignment.
ALI_WORDS = tuple(
    "ali" + end
    for end in _words(
        """
        as bi bis bab b cante cat ce cia cja e en f ga gn gar gato ght is k ke ki ma men mon n ng no
        nt pay phat quot s sa sha sia son ss st sta t th ty ve via vio y z za
        """
    )
)
# Known words that are others with a "t": cart mall and chat mall are malls of carts and chats.
BEFORE_MALL = _words(
    """
    agent best boot budget cart chat client comfort debut event fort giant gift great heart host
    list
    market meant open paint part plant point post resort salt sport star start tent test wallet want
    cargot flat print print right sweet kart bot offert marchant
    """
)
# Words of their own before "express", where a separator stands between.
BEFORE_EXPRESS = _words("ai all api")
# Ordinary words, and businesses of their own, that stand one slip away.
INNOCENT = _words(
    """
    zakazali молл толл талл смолл тролл мол тол тмл гном алишей либава
    small mall tall stall tmail tmul vmall emall amall thall talal tamal tamil tmax
    allpay alipac alibag alibaug alimony alimenta alabama
    airexpress artexpress apexpress autoexpress asiaexpress aceexpress aliceexpress
    """
)
