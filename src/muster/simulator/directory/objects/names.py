"""Names of people in several languages, and sign-in names from which the person is found again."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from math import gcd

# A name in another script carries its Latin spelling after a bar.
_GIVEN = {
    "de": "Anna Jürgen Lena Björn Sophie Lukas Käthe Matthias Ute Florian Heike Götz Miriam "
    "Stefan Franziska Jörg Claudia Tim Silke Henrik Nadine Uwe Greta Moritz Doreen Kai",
    "en": "Emily James Olivia Liam Grace Noah Chloe Ethan Zoë Oliver Hannah Marcus Priya Aaron "
    "Siobhán Dwayne Beth Connor Imogen Rhys Leah Gareth Amara Kofi Naomi Callum",
    "fr": "Élodie François Chloë Mathieu Inès Rémi Aurélie Loïc Anaïs Benoît Manon Thibault "
    "Noémie Hugo Océane Cédric Maëlle Yann",
    "pl": "Agnieszka Paweł Małgorzata Łukasz Katarzyna Wojciech Zofia Michał Bożena Krzysztof "
    "Świętosława Tomasz Ewa Grzegorz",
    "es": "Lucía José María-José Íñigo Núria Álvaro Begoña Joaquín Carmen Raúl Ximena Andrés "
    "Pilar Iván",
    "tr": "Ayşe Mehmet Özge Çağrı Şule İbrahim Gülşen Emre Tuğba Kerem",
    "ja": "太郎|Taro 花子|Hanako 健一|Kenichi 美咲|Misaki 翔太|Shota 由美|Yumi",
}
_SURNAMES = {
    "de": "Müller Schmidt Schröder Weiß Bäcker Krüger Hoffmann Schäfer Köhler Vogel Lehmann "
    "Jäger Brandt Günther Sommer Kühn Ziegler Roth Böhm Seidel Großmann Adler Winkler Lorenz",
    "en": "Smith Walker O'Brien Patel Hughes Bennett Okafor Campbell Ellis Nguyen Foster Reid "
    "Murray Osborne Clarke Fitzgerald Hargreaves Kaur Lawson Whitfield MacLeod Owens Price Doyle",
    "fr": "Lefèvre Dubois Géraud Moreau Béranger Rousseau Lemaître Fournier Hébert D'Artois "
    "Marchand Noël Perrin Guérin Vidal Chevalier",
    "pl": "Nowak Wiśniewski Wójcik Kamiński Dąbrowska Zieliński Szymańska Woźniak Kozłowski "
    "Jankowska Mazur Krawczyk",
    "es": "García Fernández Muñoz Núñez Ibáñez Peña Castaño Ortega Domínguez Vázquez Serrano "
    "Cañizares",
    "tr": "Yılmaz Öztürk Şahin Çelik Aydın Güneş Doğan Kılıç",
    "ja": "山田|Yamada 佐藤|Sato 鈴木|Suzuki 高橋|Takahashi 渡辺|Watanabe 小林|Kobayashi",
}
_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ı": "i", "ø": "o", "æ": "ae"}
)
_TWIN_EVERY = 61
_TWIN_BACK = 7
_SIGN_IN_NAME = re.compile(r"([a-z-]+)\.([a-z-]+?)([0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name; `sign_in` is `anna.mueller`, with a number where others had it before."""

    given: str
    surname: str
    sign_in: str
    language: str


def latin(text: str) -> str:
    """Return a name as it appears in a sign-in name: lower case, a to z and hyphens."""
    folded = text.casefold().translate(_SPELLED).replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z-]", "", plain)


def _read(words: str) -> tuple[tuple[str, str], ...]:
    pairs = (word.partition("|") for word in words.split())
    return tuple((shown, latin(spelled or shown)) for shown, _, spelled in pairs)


_LANGUAGES = tuple(_GIVEN)
_GIVEN_NAMES = {language: _read(words) for language, words in _GIVEN.items()}
_SURNAMES_OF = {language: _read(words) for language, words in _SURNAMES.items()}
_BLOCKS = [len(_GIVEN_NAMES[each]) * len(_SURNAMES_OF[each]) for each in _LANGUAGES]
_BOUNDS = list(accumulate(_BLOCKS))
NAME_COUNT = _BOUNDS[-1]
_CODES = {
    f"{given}.{surname}": _BOUNDS[at] - _BLOCKS[at] + g * len(_SURNAMES_OF[language]) + s
    for at, language in enumerate(_LANGUAGES)
    for g, (_, given) in enumerate(_GIVEN_NAMES[language])
    for s, (_, surname) in enumerate(_SURNAMES_OF[language])
}
# A stride without a common factor with the number of names meets each name once in a round.
_STRIDE = next(each for each in range(int(NAME_COUNT * 0.618), 0, -1) if gcd(each, NAME_COUNT) == 1)
_STRIDE_INVERSE = pow(_STRIDE, -1, NAME_COUNT)


class Names:
    """The names of one tenant's people by index. Some share a name, none a sign-in name."""

    def __init__(self, offset: int) -> None:
        """Begin at a place of the tenant's own in the round of names."""
        self._offset = offset % NAME_COUNT

    def of(self, index: int) -> Name:
        """Return the name of the person at an index."""
        code, is_twin = self._code(index % NAME_COUNT)
        return _named(code, 2 * (index // NAME_COUNT) + 1 + is_twin)

    def language(self, index: int) -> str:
        """Return the language of that name, for much less than the name."""
        return _LANGUAGES[bisect_right(_BOUNDS, self._code(index % NAME_COUNT)[0])]

    def index_of(self, sign_in: str) -> int | None:
        """Return the index of a sign-in name in lower case; None if nobody has it."""
        match = _SIGN_IN_NAME.fullmatch(sign_in)
        code = _CODES.get(f"{match[1]}.{match[2]}") if match else None
        if match is None or code is None:
            return None
        round_, is_twin = divmod(int(match[3] or 1) - 1, 2)
        place = (code - self._offset) * _STRIDE_INVERSE % NAME_COUNT + _TWIN_BACK * is_twin
        index = round_ * NAME_COUNT + place
        return index if self.of(index).sign_in == sign_in else None

    def _code(self, place: int) -> tuple[int, bool]:
        is_twin = place % _TWIN_EVERY == _TWIN_EVERY - 1
        return ((place - _TWIN_BACK * is_twin) * _STRIDE + self._offset) % NAME_COUNT, is_twin


def _named(code: int, number: int) -> Name:
    at = bisect_right(_BOUNDS, code)
    language = _LANGUAGES[at]
    surnames = _SURNAMES_OF[language]
    which_given, which_surname = divmod(code - _BOUNDS[at] + _BLOCKS[at], len(surnames))
    given, given_latin = _GIVEN_NAMES[language][which_given]
    surname, surname_latin = surnames[which_surname]
    suffix = "" if number == 1 else str(number)
    return Name(given, surname, f"{given_latin}.{surname_latin}{suffix}", language)
