"""GTSRB, the German Traffic Sign Recognition Benchmark: 43 classes with names, sign numbers, subsets and flips.

Sign numbers are those of the German road traffic regulations (StVO, Anlagen 1 to 4, and VzKat 2017). Subsets and human
accuracy are those of Stallkamp, Schlipsing, Salmen, Igel 2012, "Man vs. computer: Benchmarking machine learning
algorithms for traffic sign recognition", Neural Networks 32.
"""

from pathlib import Path

from roadsigns.datasets.spec import DatasetFolders, DatasetSpec, SignDrawings
from roadsigns.types import Flip, SignClass, Subset

__all__ = ["GTSRB", "GTSRB_CLASSES"]

ROOM = Path(__file__).parent

GTSRB_CLASSES: tuple[SignClass, ...] = tuple(
    SignClass(class_id, *names)
    for class_id, names in enumerate(
        [
            ("speed limit 20", "Zulässige Höchstgeschwindigkeit 20", "274-20"),
            ("speed limit 30", "Zulässige Höchstgeschwindigkeit 30", "274-30"),
            ("speed limit 50", "Zulässige Höchstgeschwindigkeit 50", "274-50"),
            ("speed limit 60", "Zulässige Höchstgeschwindigkeit 60", "274-60"),
            ("speed limit 70", "Zulässige Höchstgeschwindigkeit 70", "274-70"),
            ("speed limit 80", "Zulässige Höchstgeschwindigkeit 80", "274-80"),
            ("end of speed limit 80", "Ende der zulässigen Höchstgeschwindigkeit 80", "278-80"),
            ("speed limit 100", "Zulässige Höchstgeschwindigkeit 100", "274-100"),
            ("speed limit 120", "Zulässige Höchstgeschwindigkeit 120", "274-120"),
            ("no overtaking", "Überholverbot für Kraftfahrzeuge aller Art", "276"),
            ("no overtaking by lorries", "Überholverbot für Kraftfahrzeuge über 3,5 t", "277"),
            ("priority at next junction", "Vorfahrt", "301"),
            ("priority road", "Vorfahrtstraße", "306"),
            ("give way", "Vorfahrt gewähren", "205"),
            ("stop", "Halt. Vorfahrt gewähren", "206"),
            ("no vehicles", "Verbot für Fahrzeuge aller Art", "250"),
            ("no lorries", "Verbot für Kraftfahrzeuge über 3,5 t", "253"),
            ("no entry", "Verbot der Einfahrt", "267"),
            ("danger", "Gefahrstelle", "101"),
            ("bend left", "Kurve (links)", "103-10"),
            ("bend right", "Kurve (rechts)", "103-20"),
            ("double bend, first left", "Doppelkurve (zunächst links)", "105-10"),
            ("uneven road", "Unebene Fahrbahn", "112"),
            ("slippery road", "Schleuder- oder Rutschgefahr", "114"),
            ("road narrows on the right", "Einseitig verengte Fahrbahn, Verengung rechts", "121-10"),
            ("road works", "Arbeitsstelle", "123"),
            ("traffic signals", "Lichtzeichenanlage", "131"),
            ("pedestrians", "Fußgänger", "133-10"),
            ("children", "Kinder", "136-10"),
            ("cyclists", "Radverkehr", "138-10"),
            ("snow or ice", "Schnee- oder Eisglätte", "101-51"),
            ("wild animals", "Wildwechsel", "142-10"),
            ("end of all limits", "Ende sämtlicher Streckenverbote", "282"),
            ("turn right ahead", "Vorgeschriebene Fahrtrichtung rechts", "209"),
            ("turn left ahead", "Vorgeschriebene Fahrtrichtung links", "209-10"),
            ("ahead only", "Vorgeschriebene Fahrtrichtung geradeaus", "209-30"),
            ("ahead or right", "Vorgeschriebene Fahrtrichtung geradeaus oder rechts", "214"),
            ("ahead or left", "Vorgeschriebene Fahrtrichtung geradeaus oder links", "214-10"),
            ("keep right", "Vorgeschriebene Vorbeifahrt rechts vorbei", "222"),
            ("keep left", "Vorgeschriebene Vorbeifahrt links vorbei", "222-10"),
            ("roundabout", "Kreisverkehr", "215"),
            ("end of no overtaking", "Ende des Überholverbots für Kraftfahrzeuge aller Art", "280"),
            ("end of no overtaking by lorries", "Ende des Überholverbots für Kraftfahrzeuge über 3,5 t", "281"),
        ]
    )
)


def _flips() -> dict[int, tuple[Flip, ...]]:
    mirrored = {class_id: class_id for class_id in (11, 12, 13, 15, 17, 18, 22, 26, 30, 35)}
    for left, right in ((19, 20), (33, 34), (36, 37), (38, 39)):
        mirrored |= {left: right, right: left}
    # The 3, the 8 and the 0 of German typefaces are symmetric top to bottom, as are a bar, a ring and a square.
    upside_down = (1, 5, 12, 15, 17)
    # The other ends of limits show digits or cars, which have a right way up.
    turned = (12, 15, 17, 32)
    flips = {class_id: [Flip(True, False, other)] for class_id, other in mirrored.items()}
    for class_id in upside_down:
        flips.setdefault(class_id, []).append(Flip(False, True, class_id))
    for class_id in turned:
        flips.setdefault(class_id, []).append(Flip(True, True, class_id))
    return {class_id: tuple(ways) for class_id, ways in flips.items()}


# In the order of the paper, with the accuracy of the average person.
SUBSETS = (
    Subset("speed limits", (0, 1, 2, 3, 4, 5, 7, 8), 0.9763),
    Subset("other prohibitions", (9, 10, 15, 16), 0.9993),
    Subset("derestriction", (6, 32, 41, 42), 0.9889),
    Subset("mandatory", (33, 34, 35, 36, 37, 38, 39, 40), 0.9972),
    Subset("danger", (11, *range(18, 32)), 0.9867),
    Subset("unique", (12, 13, 14, 17), 1.0),
)

# Roundabout signs are screwed on at any angle: about a third of GTSRB's stand otherwise than drawn in the regulations.
ROUNDABOUT, TURNED_ROUNDABOUTS = 40, 0.4

GTSRB = DatasetSpec(
    name="GTSRB",
    classes=GTSRB_CLASSES,
    subsets=SUBSETS,
    # The average person. The best single person reached 99.22 %.
    test_images=12_630,
    human_accuracy=0.9884,
    reference="Stallkamp et al. 2012",
    flips=_flips(),
    drawings=SignDrawings(
        ROOM / "signs" / "gtsrb",
        source="drawn signs",
        turned={ROUNDABOUT: TURNED_ROUNDABOUTS},
        abroad=ROOM / "signs" / "gtsrb-abroad",
    ),
    folders=DatasetFolders(
        training=Path("Final_Training", "Images"), test=Path("Final_Test", "Images"), test_table="GT-final_test.csv"
    ),
    groups=ROOM / "gtsrb-groups.csv",
)
