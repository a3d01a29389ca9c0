"""Names, and sentences that staff and patients could have written; all of it is made up."""

from __future__ import annotations

from random import Random


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _listed("""
    Anna Eva Maria Karin Kristina Lena Sara Emma Kerstin Ingrid Malin Jenny Elin Linnéa Hanna Birgitta
    Susanne Marie Inger Monica Johanna Ulla Linda Sofia Camilla Ida Helena Julia Anette Barbro Åsa Elsa
    Annika Alice Ann Margareta Fatima Amina Zahra Märta Tyra Ebba Siv Gunilla Yvonne Agneta Maja Wilma
    Agnes Astrid Selma Vera Signe Freja Saga Ronja Tuva Stina Greta Edith Leila Nour Mariam Hodan Olena
    Ewa Päivi Aino Svetlana
""")
MEN = _listed("""
    Lars Mikael Anders Johan Erik Per Peter Karl Thomas Daniel Jan Fredrik Hans Andreas Stefan Mohamed
    Magnus Mats Jonas Bengt Alexander Niklas Martin Oskar Nils Patrik Björn Leif Ulf Emil Kjell Viktor
    Håkan Christer Marcus Rickard Göran David Ali Ahmed Åke Östen Sven Gustav Axel Olof Elias Hugo Liam
    Noah William Lucas Adam Ludvig Arvid Melker Sixten Folke Ibrahim Hassan Omar Yusuf Amir Piotr Andrij
    Jukka Seppo Milan Goran
""")
FAMILIES = _listed("""
    Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson Pettersson
    Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson Lindström Olofsson Lindqvist
    Lindgren Berg Axelsson Bergström Lundberg Lind Lundgren Lundqvist Mattsson Berglund Fredriksson
    Sandberg Henriksson Forsberg Mohamed Sjöberg Wallin Ali Engström Eklund Danielsson Lundin Håkansson
    Björk Bergman Gunnarsson Wikström Holm Samuelsson Isaksson Fransson Bergqvist Nyström Holmberg
    Arvidsson Löfgren Söderberg Nyberg Blomqvist Claesson Nordström Mårtensson Lundström Ahmed Viklund
    Björklund Eliasson Hassan Pålsson Berggren Sandström Lund Nordin Ström Åberg Falk Ekström Hermansson
    Holmgren Hedlund Dahlberg Hellström Hussein Sundberg Sjögren Ek Blom Abrahamsson Öberg Martinsson
    Andreasson Månsson Strömberg Åkesson Hansen Norberg Lindholm Dahl Jonasson Nguyen Kovačević Tesfay
    Haddad Kowalski Ärlig Åström Öhman Ågren Österberg Hägg Yılmaz Petrović Virtanen Korhonen Rahimi
    Ivanova Abdi Warsame Ibrahim Khan Popescu Horvat Szabó Nowak
""")
TITLES = (
    "sjuksköterska",
    "läkare",
    "distriktssköterska",
    "undersköterska",
    "fysioterapeut",
    "medicinsk sekreterare",
)

_MEDICINES = _listed("""
    Alvedon Metformin Kåvepenin Atorvastatin Enalapril Omeprazol Levaxin Bricanyl Amlodipin Metoprolol
    Losartan Sertralin Furosemid Warfarin Ipren Naproxen Tramadol Insulin Symbicort Ventoline Kalcipos
    Behepan Folsyra Loratadin Nasonex Hydrokortison Locobase Canesten Doxyferm Flukloxacillin Selexid
    Furadantin Mirtazapin Escitalopram Propavan Melatonin Candesartan Simvastatin Rosuvastatin Trombyl
    Eliquis Xarelto Spironolakton Allopurinol Prednisolon Metotrexat Novalucol Laktulos Movicol Duphalac
    Nitroglycerin Digoxin Betolvex
""")
_STRENGTHS = (
    "100 mg",
    "250 mg",
    "500 mg",
    "850 mg",
    "1 g",
    "5 mg",
    "10 mg",
    "20 mg",
    "40 mg",
    "75 mikrogram",
)
_DOSES = (
    "1 tablett morgon och kväll",
    "1 tablett till natten",
    "2 tabletter vid behov, högst 8 per dygn",
    "1 tablett tre gånger om dagen i tio dagar",
    "1–2 tabletter vid smärta",
    "1 tablett varannan dag, alltid till mat",
)
_DAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag")
_MONTHS = ("januari", "februari", "mars", "april", "maj", "augusti", "september", "oktober", "november")
_PLACES = _listed("""
    laboratoriet röntgen provtagningen mottagningen ögonkliniken hudkliniken fysioterapin dietisten
    kuratorn vaccinationen ortopeden hjärtkliniken hörselvården barnmorskan fotvården sömnenheten
    lungkliniken urologen
""")
_TESTS = _listed("""
    blodvärde blodsocker långtidssocker kolesterol kreatinin kalium natrium sköldkörtelprov leverprov
    sänka CRP ferritin B12 urinprov avföringsprov halsprov spirometri EKG blodtryck D-vitamin PSA
    homocystein
""")
_STREETS = _listed("""
    Storgatan Kyrkogatan Skolgatan Järnvägsgatan Björkvägen Ringvägen Parkvägen Strandvägen Ängsvägen
    Åsgatan Hamngatan Brogatan Nygatan Torggatan Lasarettsgatan Kungsgatan Drottninggatan Trädgårdsgatan
    Sjövägen
""")
_SYMPTOMS = _listed("""
    ryggen nacken axeln knät höften foten handen armbågen magen bröstet huvudet halsen örat ögat huden
    käken hälen tummen ljumsken handleden
""")
_COMPLAINTS = (
    "ont i", "stelhet i", "domningar i", "klåda vid", "svullnad vid", "värk i", "en knöl vid", "utslag vid",
)  # fmt: skip
_TIMES = (
    "i två dagar", "sedan i våras", "i ungefär en månad", "sedan i fredags", "till och från i flera år",
    "sedan olyckan", "sedan semestern", "i tre veckor", "sedan barnsben", "efter vaccinationen",
)  # fmt: skip
_TURNS = (
    "Det blir värre på kvällen.", "Det känns bättre nu.", "Jag sover dåligt av det.",
    "Värktabletter hjälper lite.", "Jag klarar arbetet ändå.", "Jag har varit hemma från arbetet.",
    "Det märks mest i trappor.",
    "Jag är orolig för vad det är.", "Det är likadant som förra gången.", "Jag tränar som du visade.",
)  # fmt: skip
_REMARKS = (
    "Inget särskilt", "Ett par gånger i veckan", "Bara ibland", "Ja, varje dag", "Nej, aldrig",
    "Vet inte säkert", "På natten", "Efter maten", "När jag anstränger mig", "Min dotter hjälper mig",
    "Hos tandläkaren",
)  # fmt: skip


def prescription(chance: Random) -> str:
    """A medicine with its dose."""
    return f"{chance.choice(_MEDICINES)} {chance.choice(_STRENGTHS)}, {chance.choice(_DOSES)}"


def time(chance: Random) -> str:
    """A day and an hour, in at most 40 characters."""
    day = f"{chance.choice(_DAYS)} {chance.randrange(1, 29)} {chance.choice(_MONTHS)}"
    return f"{day} klockan {chance.randrange(8, 17)}.{chance.choice(('00', '15', '30', '45'))}"


def place(chance: Random) -> str:
    """Where to come, in at most 100 characters."""
    return f"{chance.choice(_STREETS)} {chance.randrange(1, 200)}, {chance.choice(_PLACES)}"


def result(chance: Random) -> str:
    """What a test has shown."""
    first, second = chance.sample(_TESTS, 2)
    found = chance.choice(("är normala", "har blivit bättre", "är lite höga, vi tar om dem", "är bra"))
    return f"Dina prover ({first} och {second}) {found}."


def plan(chance: Random) -> str:
    """What was agreed."""
    return (
        f"Du har haft {chance.choice(_COMPLAINTS)} {chance.choice(_SYMPTOMS)}. Vi kom överens om "
        f"{chance.choice(('promenader', 'vila', 'träning', 'nya prover', 'ett återbesök'))} och "
        f"{chance.choice(_MEDICINES)}. Kontakta {chance.choice(_PLACES)} om det inte blir bättre."
    )


def story(chance: Random) -> str:
    """What a patient tells in their own words."""
    told = f"Jag har {chance.choice(_COMPLAINTS)} {chance.choice(_SYMPTOMS)} {chance.choice(_TIMES)}."
    turns = " ".join(chance.sample(_TURNS, chance.randrange(0, 3)))
    return f"{told} {turns}".strip()


def remark(chance: Random) -> str:
    """A patient's short answer."""
    return chance.choice(
        (*_REMARKS, chance.choice(_MEDICINES), f"{chance.choice(_SYMPTOMS)}, ibland".capitalize())
    )
