"""eSpeak NG's English phoneme names as our phones."""

_SAME = {
    "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "g": "G", "tS": "CH", "dZ": "JH", "f": "F",
    "v": "V", "T": "TH", "D": "DH", "s": "S", "z": "Z", "S": "SH", "Z": "ZH", "h": "HH", "m": "M",
    "n": "N", "N": "NG", "l": "L", "r": "R", "w": "W", "j": "Y", "t#": "T", "t2": "T", "?": "T",
    "r-": "R", "i:": "IY", "i": "IY", "I": "IH", "I#": "IH", "I2": "IH", "E": "EH", "a": "AE",
    "aa": "AE", "A:": "AA", "0": "AA", "O2": "AO", "O:": "AO", "O": "AO", "U": "UH", "u:": "UW",
    "V": "AH", "3": "ER", "3:": "ER", "@": "AX", "a#": "AX", "@-": "AX", "@2": "AX",
}  # fmt: skip
_SEVERAL = {
    "eI": "EY1 EY2", "aI": "AY1 AY2", "OI": "OY1 OY2", "aU": "AW1 AW2", "oU": "OW1 OW2",
    "A@": "AA R", "O@": "AO R", "o@": "AO R", "e@": "EH R", "i@": "IY AX", "i@3": "IH R",
    "U@": "UH R", "aI3": "AY1 AY2 ER", "aI@": "AY1 AY2 AX", "@L": "AX L", "n-": "AX N",
}  # fmt: skip
_SILENT = frozenset({"_", "_:", "_|", "_!", ";", "", "_^_"})


def phones_of(phoneme: str) -> tuple[str, ...]:
    """The phones of one phoneme name of the voices en-us and en-gb; stress marks are ignored.

    Raises:
        KeyError: for a phoneme of another language.
    """
    name = phoneme.lstrip("',%=")
    if name in _SILENT:
        return ()
    return tuple("en:" + phone for phone in _SEVERAL.get(name, _SAME.get(name) or "").split()) or (
        _unknown(name)
    )


def _unknown(name: str) -> tuple[str, ...]:
    raise KeyError(f"no English phone for eSpeak's {name!r}")
