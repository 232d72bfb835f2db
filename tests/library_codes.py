"""The national code lists that the bundled forms must hold whole."""

NATIONAL = {
    "sex": {"0", "1", "2", "9"},  # GB/T 2261.1
    "marital": {"10", "20", "30", "40", "90"},  # GB/T 2261.2
    "ethnicity": {f"{number:02d}" for number in range(1, 57)} | {"97", "98"},  # GB/T 3304
    "education": {"10", "20", "30", "40", "60", "70", "80", "90"},  # GB/T 4658
    "industry": set("ABCDEFGHIJKLMNOPQRST"),  # GB/T 4754, sections
}
# GB/T 4761-2008, two-digit codes: 80 is there, 98 is not.
RELATIONS = {"01", "02", "10", "11", "12", "99"} | {str(number) for number in range(20, 98)}
OF_THEIR_OWN = {"28", "38", "53", "54", "55", "56", "99"}  # children's spouses, the spouse's parents, not a relative


def _coarse(code):
    if code in OF_THEIR_OWN:
        return code
    if code[0] == "0":
        return "02"
    return "97" if code >= "80" else f"{code[0]}0"


# Each code of the whole list -> the code of the census's short list that it is counted under.
COARSE_RELATIONS = {code: _coarse(code) for code in RELATIONS}
