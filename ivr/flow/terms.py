"""Terms: a library of synonyms; a phrase says `<lpr>` for LPR and all its other names."""

from ivr.flow.fields import NAME, Fields
from ivr.flow.issues import Issue, Place
from ivr.flow.phrases import sentences
from ivr.flow.reading import Reading
from ivr.flow.yaml_tree import Table, read_tree

MAX_TERMS = 1000
FILE_NAMES = frozenset({"terms.yaml", "terms.yml"})


def read_terms(text: str, file: str) -> tuple[dict[str, tuple[str, ...]], list[Issue]]:
    """`name: [one way to say it, another]` for each term, and what is wrong with the file."""
    reading = Reading(file)

    def report(code: str, place: Place, message: str) -> None:
        reading.fault(code, place, message)

    tree = read_tree(text, file, report)
    if not isinstance(tree, Table):
        if not reading.issues:
            reading.fault("bad-value", Place(file), "a term library is a mapping of names to texts")
        return {}, reading.issues
    fields = Fields(reading, tree, "terms")
    terms = {}
    for name, place in tree.places.items():
        said = fields.strings(name)
        try:
            terms[name] = tuple(one for pattern in said for one in sentences(pattern))
        except ValueError as error:
            fields.fault("bad-phrase", fields.where(name), str(error))
        if not NAME.fullmatch(name):
            fields.fault("bad-name", place, f'"{name}" is no name for a term')
        if not said:
            fields.fault("bad-value", place, f'term "{name}" has no words')
    if len(terms) > MAX_TERMS:
        reading.fault("too-big", Place(file), f"more than {MAX_TERMS} terms")
    return terms, reading.issues
