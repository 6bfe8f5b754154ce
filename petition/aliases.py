"""Names of countries that people type and Babel does not have in the bot's languages, by code.

Congo and Korea alone are not here: two countries each bear the name, so the bot asks which.
"""

from __future__ import annotations

from collections.abc import Mapping

ALIASES: Mapping[str, tuple[str, ...]] = {
    # where most people of the first petition live, and its neighbours
    "BY": ("Белоруссия", "Белорусь", "Білорусія", "Belorussia", "Byelorussia", "Biełaruś", "Weißrussland",
           "Republic of Belarus", "Рэспубліка Беларусь", "Республика Беларусь", "РБ", "Gudija"),
    "PL": ("Rzeczpospolita Polska",),
    "LT": ("Летува", "Lietuvos Respublika", "Lietuwa"),
    "LV": ("Летония",),
    "DE": ("Нямеччына", "BRD", "ФРГ", "ФРН", "RFN", "Bundesrepublik Deutschland"),
    "RU": ("Russian Federation", "Российская Федерация", "Расійская Федэрацыя", "Російська Федерація", "Расея", "РФ"),
    "HU": ("Вугоршчына",),
    "ES": ("Гішпанія",),
    "CZ": ("Czech Republic", "Чэшская Рэспубліка", "Чешская Республика", "Чеська Республіка", "Republika Czeska",
           "Čekijos Respublika", "Tschechische Republik", "République tchèque", "Česká republika", "Česko"),
    "MD": ("Молдавия", "Молдавія", "Малдавія", "Moldavia", "Moldavija", "Moldawien", "Moldau", "Republic of Moldova",
           "Республика Молдова", "Republica Moldova"),
    "GE": ("Sakartvelo", "Sakartvelas", "Сакартвело"),
    "KG": ("Kirgizstan", "Kirgistanas", "Кыргызская Республика"),
    "TJ": ("Tadżikistan", "Tadžikistanas"),
    "TM": ("Туркмения", "Туркменія", "Turkmenia"),
    # the United Kingdom, its nations, and Ireland
    "GB": ("UK", "Great Britain", "Britain", "Злучанае Каралеўства", "Брытанія", "Вялікая Брытанія",
           "Соединённое Королевство", "Британия", "Сполучене Королівство", "Британія", "Zjednoczone Królestwo",
           "Brytania", "Didžioji Britanija", "Britanija", "JK", "Großbritannien", "Grande-Bretagne",
           "England", "Англія", "Англия", "Anglia", "Anglija", "Angleterre",
           "Scotland", "Шатландыя", "Шотландия", "Шотландія", "Szkocja", "Škotija", "Schottland", "Écosse",
           "Wales", "Уэльс", "Уельс", "Walia", "Velsas", "Pays de Galles",
           "Northern Ireland", "Паўночная Ірландыя", "Северная Ирландия", "Північна Ірландія", "Irlandia Północna",
           "Šiaurės Airija", "Nordirland", "Irlande du Nord"),
    "IE": ("Republic of Ireland", "Рэспубліка Ірландыя", "Республика Ирландия", "Республіка Ірландія",
           "Republika Irlandii", "Airijos Respublika", "Republik Irland", "République d’Irlande", "Éire", "Эйре"),
    # elsewhere in Europe
    "NL": ("Holland", "Галандыя", "Голландия", "Голландія", "Niderlandy", "Olandija", "Hollande", "Nederland"),
    "BA": ("Bosnia", "Боснія", "Босния", "Bosnija", "Bosnien", "Bosnie", "Bosna i Hercegovina", "BiH", "БиГ"),
    "MK": ("Macedonia", "Македонія", "Македония", "Makedonija", "Mazedonien", "Macédoine", "FYROM"),
    "VA": ("Vatican", "Holy See", "Vatikan", "Vatikanas"),
    "FO": ("Faroes", "Faeroe Islands"),
    # Asia
    "TR": ("Turkey",),
    "PS": ("Palestine", "State of Palestine", "Палесціна", "Палестина", "Palestyna", "Palestina", "Palästina",
           "Gaza", "West Bank"),
    "AE": ("UAE", "Emirates", "ААЭ", "Эміраты", "Объединённые Арабские Эмираты", "Эмираты", "ОАЕ", "Емірати", "ZEA",
           "Emiraty", "JAE", "Emiratai", "VAE", "Emirate", "EAU", "Émirats", "Dubai", "Дубай", "Dubaj", "Dubajus"),
    "CN": ("PRC", "People's Republic of China", "КНР", "ChRL", "KLR", "Volksrepublik China"),
    "TW": ("Republic of China", "Chinese Taipei"),
    "HK": ("Hong Kong", "Ганконг", "Гонконг", "Honkongas"),
    "MO": ("Macao", "Macau", "Макаа", "Макао", "Makau", "Makao"),
    "KR": ("Republic of Korea", "ROK", "Рэспубліка Карэя", "Южная Корея", "Республіка Корея", "Republika Korei",
           "Korėjos Respublika", "Republik Korea", "République de Corée"),
    "KP": ("DPRK", "Democratic People's Republic of Korea", "Северная Корея", "KRLD", "KLDR"),
    "MM": ("Burma", "Бірма", "Бирма", "Birma", "Birmanie", "М’янма", "Мьянма", "Mjanma", "Mianmaras"),
    "TL": ("East Timor", "Усходні Тымор", "Східний Тимор", "Osttimor"),
    "LK": ("Ceylon", "Цейлон"),
    # Africa
    "CD": ("DRC", "DR Congo", "Democratic Republic of the Congo", "Дэмакратычная Рэспубліка Конга", "ДРК", "DRK", "RDC",
           "Демократическая Республика Конго", "Демократична Республіка Конго", "Kongo Demokratinė Respublika",
           "Demokratische Republik Kongo", "République démocratique du Congo"),
    "CG": ("Republic of the Congo", "Рэспубліка Конга", "Республика Конго", "Республіка Конго", "Republika Konga",
           "Kongo Respublika", "Republik Kongo", "République du Congo"),
    "ZA": ("RSA", "ЮАР", "ПАР", "RPA", "PAR", "Republic of South Africa", "Паўднёвая Афрыка", "Южная Африка",
           "Південна Африка", "Południowa Afryka", "Pietų Afrikos Respublika"),
    "CF": ("ЦАР",),
    "CI": ("Ivory Coast", "Бераг Слановай Косці", "Берег Слоновой Кости", "Берег Слонової Кістки",
           "Wybrzeże Kości Słoniowej", "Elfenbeinküste"),
    "SZ": ("Swaziland", "Свазіленд", "Свазиленд", "Suazi", "Swasiland"),
    "CV": ("Kap Verde", "Kapverden", "Острова Зелёного Мыса", "Wyspy Zielonego Przylądka"),
    # the Americas and the Pacific
    "US": ("USA", "America", "the States", "United States of America", "ЗША", "Злучаныя Штаты", "Амерыка",
           "США", "Соединённые Штаты Америки", "Штаты", "Америка", "Сполучені Штати Америки", "Штати",
           "Stany Zjednoczone Ameryki", "Ameryka", "Jungtinės Amerikos Valstijos", "JAV", "Amerika",
           "Vereinigte Staaten von Amerika", "États-Unis d’Amérique", "Amérique"),
    "DO": ("Дамінікана", "Доминикана", "Домінікана"),
    "BS": ("Багамские острова",),
    "FM": ("Микронезия",),
}  # fmt: skip
