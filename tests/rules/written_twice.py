"""Made-up people for the search for duplicates, some of whom stand in the list twice, written in another way."""

import random

# Parts of names in several languages with the ways in which people and offices write them; the first is the usual one.
GIVEN = [
    ("Mohammed", "Muhammad", "Mohamed", "محمد"),
    ("Ahmed", "Ahmad", "أحمد"),
    ("Fatima", "Fatema", "فاطمة"),
    ("Abdul Rahman", "Abdurrahman", "عبد الرحمن"),
    ("Khalid", "Khaled", "خالد"),
    ("Ibrahim", "Ebrahim", "إبراهيم"),
    ("Sergei", "Sergey", "Сергей"),
    ("Yulia", "Julia", "Юлия"),
    ("Dmitry", "Dmitri", "Дмитрий"),
    ("Oleksandr", "Olexandr", "Олександр"),
    ("Xiaoming", "Xiao Ming", "小明"),
    ("Weihong", "Wei-Hong", "卫红"),
    ("Jean-Pierre", "Jean Pierre", "Jeanpierre"),
    ("María José", "Maria Jose"),
    ("Katharina", "Catharina"),
    ("Björn", "Bjorn"),
    ("Thi Hoa", "Thị Hoa"),
]
FAMILY = [
    ("Al-Husseini", "Alhusseini", "El Husseini", "الحسيني"),
    ("Al-Zahrani", "Alzahrani", "الزهراني"),
    ("Haidari", "Haydari", "حيدري"),
    ("Mansour", "Mansur", "منصور"),
    ("Shcherbakov", "Scherbakov", "Щербаков"),
    ("Tchaikovsky", "Chaikovskii", "Чайковский"),
    ("Kovalenko", "Kowalenko", "Коваленко"),
    ("Wang", "王"),
    ("Zhang", "张"),
    ("dos Santos", "Santos"),
    ("van der Meer", "Van Der Meer"),
    ("Müller", "Mueller"),
    ("Nuñez", "Nunez"),
    ("Nguyen", "Nguyễn"),
    ("Okonkwo", "Okonkwo"),
]
STARTS = (
    "ba be da di fa ga ha ka ke la lo ma mi mo na no pa ra ri sa se ta te va za zo chi sha ndi oye".split()
)
ENDS = "bara dini fali kumo lana mari nesa pindo rola sani tovi wali zendo kande murra tessi".split()


def make_people(
    chance: random.Random, people: int, planted: int
) -> tuple[list[dict[str, str]], list[tuple[int, int]]]:
    """Made-up people, a third of them of few common names, and who stands in twice, written in another way."""
    made, ways = [], []
    for _ in range(people - planted):
        given, family = chance.choice(GIVEN), chance.choice(FAMILY)
        if chance.random() < 0.7:
            given = (_invented(chance),)
        if chance.random() < 0.8:
            family = (_invented(chance) + chance.choice(("", "", "ov", "i", "s")),)
        ways.append((given, family))
        made.append(_person(chance, given[0], family[0]))
    twice = []
    for number in chance.sample(range(len(made)), planted):
        given, family = (chance.choice(way) for way in ways[number])
        if len(family) > 6 and family.isascii() and chance.random() < 0.2:
            family = _mistyped(chance, family)
        again = _person(chance, given, family) | {"body": made[number]["body"]}
        if chance.random() < 0.3:
            again |= {"given_name": family, "family_name": given}
        twice.append((number, len(made)))
        made.append(again)
    return made, twice


def _invented(chance: random.Random) -> str:
    return (chance.choice(STARTS) + chance.choice(("", chance.choice(STARTS))) + chance.choice(ENDS)).title()


def _mistyped(chance: random.Random, name: str) -> str:
    """Two neighbouring letters the other way round, somewhere behind the first."""
    at = chance.randrange(1, len(name) - 2)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _person(chance: random.Random, given: str, family: str) -> dict[str, str]:
    return {
        "given_name": given,
        "family_name": family,
        "email": f"someone{chance.randrange(4_000)}@example.org",
        "phone": f"+255 700 {chance.randrange(10**6):06}",
        "body": f"country:{chance.randrange(190)}",
    }
