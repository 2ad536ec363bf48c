"""The small words of each language that tell whom a sentence speaks of, and what it denies.

They are folded as `widget.text.spelling` folds words. Chinese needs none: there phrases tell (`aim`).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Grammar:
    """The small words of a language."""

    # Words for the person addressed; with an insult and nothing else some make a call ("you muppet!"), others
    # always do ("يا").
    second: frozenset[str] = frozenset()
    alone: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    # "Like" in "idiots like you".
    like: frozenset[str] = frozenset()
    # Words behind which another thing is spoken of, and how verbs begin that lead there.
    barriers: frozenset[str] = frozenset()
    verbs: tuple[str, ...] = ()
    # Negations, and what others say: "she said you are …".
    negations: frozenset[str] = frozenset()
    # Words before a person's name, and what begins a name that is no person's.
    titles: frozenset[str] = frozenset()
    articles: frozenset[str] = frozenset()
    # Trades of which somebody is called names as freely as by a title: "this journalist is a …".
    people: frozenset[str] = frozenset()
    # What opens an outcry, and what points at whom it is about: "quel … ce maire", "qué …, esa jueza".
    outcries: frozenset[str] = frozenset()
    pointers: frozenset[str] = frozenset()
    # "That" in "idiot that you are".
    relative: frozenset[str] = frozenset()
    # Orders that speak to somebody without a word for the person: "learn to read, …".
    orders: frozenset[str] = frozenset()
    # Forms of "to be", of somebody and of the person addressed.
    copulas: frozenset[str] = frozenset()
    being: frozenset[str] = frozenset()
    # How words end that make a trade of the one before: "pig farmer".
    trades: tuple[str, ...] = ()


NONE = Grammar()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


GRAMMARS: Mapping[str, Grammar] = {
    "en": Grammar(
        second=_words("you your yours yourself yourselves u ur youre"),
        alone=_words("you ya u"),
        like=_words("like"),
        barriers=_words(
            "the this that these those of in on for by to with from at about and but or who which than as because "
            "if when his her its their our my your it they we be being not"
        ),
        negations=_words(
            "not never no neither nor t cannot nobody hardly if when without isn aren said says called"
        ),
        titles=_words(
            "mr mrs ms miss dr sir lady lord professor prof councillor cllr mayor minister president senator secretary "
            "chancellor judge chairman chairwoman bishop"
        ),
        copulas=_words("is was remains"),
        being=_words("are re were must"),
        people=_words(
            "journalist reporter author writer editor columnist commenter referee coach manager boss mp politician "
            "teacher doctor lawyer officer guy man woman bloke chap director leader premier king queen pope"
        ),
        outcries=_words("what such"),
        pointers=_words("this that"),
        relative=_words("that"),
        orders=_words(
            "go get shut read learn listen look stop grow wake think open buy find crawl take leave try move ask"
        ),
        trades=("er", "ers", "or", "ors", "ist", "ists", "expert", "experts"),
        articles=_words("the a an in on at and of"),
    ),
    "fr": Grammar(
        second=_words("tu te t toi ton ta tes vous votre vos"),
        alone=_words("toi vous"),
        like=_words("comme"),
        barriers=_words(
            "le la les ce cet cette ces du par pour avec dans sur et mais ou qui que dont son sa ses leur leurs notre "
            "nos mon ma mes il elle ils elles on ne pas"
        ),
        negations=_words("pas jamais ni sans aucun aucune point si dit disait"),
        titles=_words(
            "m mr mme mlle monsieur madame mademoiselle maître docteur dr professeur maire ministre président présidente "
            "député députée sénateur sénatrice conseiller conseillère bourgmestre échevin échevine préfet juge"
        ),
        copulas=_words("est était reste demeure"),
        people=_words(
            "journaliste rédacteur rédactrice auteur auteure autrice patron patronne directeur directrice arbitre "
            "entraîneur gars mec type bonhomme femme homme politicien avocat avocate prof médecin flic chef roi pape"
        ),
        outcries=_words("quel quelle quels quelles"),
        pointers=_words("ce cet cette ces"),
        relative=_words("que qu"),
        orders=_words(
            "va allez vas retourne retournez apprends apprenez lis lisez relis relisez ferme fermez tais taisez arrête "
            "arrêtez occupe occupez regarde regardez écoute écoutez réveille réveillez dégage dégagez casse cassez "
            "rentre rentrez cherche cherchez prends prenez achète achetez ouvre ouvrez réfléchis réfléchissez continue"
        ),
        being=_words("es êtes étiez"),
        articles=_words("le la les l un une de du des en à et"),
    ),
    "es": Grammar(
        second=_words(
            "tú te ti contigo tu tus tuyo tuya vos usted ustedes vosotros vosotras os vuestro vuestra eres sois sos"
        ),
        alone=_words("tú vos"),
        calls=_words("so"),
        like=_words("como"),
        barriers=_words(
            "el la los las este esta esto estos estas ese esa eso esos esas aquel aquella del en por para con sobre y e o "
            "u pero que quien cuyo su sus mi mis nuestro nuestra al se lo le les"
        ),
        negations=_words("no nunca jamás ni tampoco sin nadie ningún ninguna si dijo dice decía"),
        titles=_words(
            "sr sra srta don doña señor señora señorita dr dra doctor doctora profesor profesora alcalde alcaldesa ministro "
            "ministra presidente presidenta concejal concejala diputado diputada senador senadora consejero consejera "
            "gobernador gobernadora intendente juez jueza"
        ),
        copulas=_words("es era fue sigue"),
        being=_words("eres sois sos es son"),
        people=_words(
            "periodista redactor redactora autor autora jefe jefa director directora árbitro entrenador tipo tipa tío "
            "tía hombre mujer señor político política abogado abogada médico profe policía rey papa comentarista"
        ),
        outcries=_words("qué que vaya menudo menuda"),
        pointers=_words("este esta ese esa estos estas esos esas"),
        relative=_words("que"),
        orders=_words(
            "vuelve vuelva vete váyase lee lea lean leé aprende aprenda aprendé aprendan calla cállate callate cállese "
            "cállense lárgate anda andá ándate andate deja deje dejen dejá mira mire mirá escucha escuche busca busque "
            "ponte póngase haz haga hacé piensa piense pensá despierta despertá cierra cierre cerrá estudia estudie "
            "estudiá infórmate infórmese devuelve devuelva trabaja trabajá regresa regrese sigue siga"
        ),
        articles=_words("el la los las un una de del en y a"),
    ),
    "ar": Grammar(
        second=_words("انت انتي انتم انتو نتا نتي نتوما عليك عليكم لك لكم منك منكم"),
        calls=_words("يا"),
        like=_words("مثلك مثلكم زيك زيكم متلك متلكم بحالك بحالكم امثالك امثالكم"),
        barriers=_words("في من على الى عن هذا هذه ذلك تلك التي الذي الذين ان او و لكن بل حول ضد مع بين"),
        negations=_words("لا ليس ليست لست لستم ما مش مو ماشي لم لن غير بدون موش قال قالت قالوا يقول تقول"),
        verbs=("ت", "بت", "ست", "كت"),
        being=_words("انت انتي انتم انتو نتا نتي نتوما"),
        people=_words(
            "رييس مدير المدير النايب النواب الصحفي الصحفيه الكاتب الكاتبه المذيع المذيعه القاضي الحاكم المعلق المدرب "
            "المسوول المحافظ السفير الرجل الشخص"
        ),
        orders=_words("اقرا اسكت اسكتي اسكتوا اخرس روح روحي روحوا اذهب ارجع ارجعي تعلم تعلمي انقلع انطم سكر"),
        titles=_words(
            "السيد السيده الاستاذ الاستاذه الدكتور الدكتوره الوزير الوزيره النايب النايبه الرييس العمده الحاج الشيخ"
        ),
    ),
}


def of(language: str) -> Grammar:
    """Return the small words of a language; none are known of others than ours."""
    return GRAMMARS.get(language, NONE)
