"""Secondary instances that stand in files of their own: CSV, GeoJSON and XML.

EXT-1 Of a column that is there twice, the first counts.
EXT-2 A CSV is UTF-8 or what spreadsheets write instead: UTF-16 with its mark, or GB 18030.
EXT-3 A file that is given to a form is tidied: lines without any text are no rows, and blanks around a cell or heading go. What is
      read as it stands keeps both, as ODK Web Forms does.
EXT-4 What cannot be read as it was meant is refused: quotes that do not close, features without a point, line or area.
"""
from __future__ import annotations

import codecs
import csv
import io
import json
import math
import re

from lxml import etree

from forms.functions.lookups import plain
from forms.model.names import Names, copied, safe_parser

DELIMITERS = ",;\t|"
_NAME = re.compile(r"[^\W\d][\w.\-]*$")


def secondary_instance(identity: str, src: str, content: bytes, names: Names) -> etree._Element:
    """The <instance> element of the file `content` that `src` names. Raises ValueError with what is wrong with it."""
    instance = etree.Element("instance", id=identity)
    start = content.lstrip()[:1]
    if src.endswith(".geojson") or start == b"{":
        instance.append(_geojson(content))
    elif src.endswith(".xml") or start == b"<":
        try:
            root = etree.fromstring(content, safe_parser())
        except etree.XMLSyntaxError as error:
            raise ValueError(f"is no XML ({error})") from None
        instance.append(copied(root, names))
    else:
        instance.append(_csv(content))
    return instance


def csv_text(content: bytes) -> str:
    """The text of a CSV file. Raises ValueError for one in none of the encodings that spreadsheets write."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("its text is neither UTF-8 nor GB 18030")


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file by heading. Raises ValueError with what is wrong with it."""
    lines, delimiter = _lines(content)
    heading = next((line for line in lines if line), [])
    rows = lines[lines.index(heading) + 1:] if heading else []
    if content and not any(name.strip() for name in heading):
        raise ValueError("there is no heading in its first row")
    wrong = next((name for name in heading if not _NAME.match(name.strip())), None)
    if wrong is not None and not delimiter:
        raise ValueError(f"the column name {wrong!r} cannot be used")
    # Written from the last to the first, so that the first of several columns of one name stays.
    return [dict(zip(reversed(heading), reversed((line + [""] * (len(heading) - len(line)))[:len(heading)]))) for line in rows]


def tidied(content: bytes) -> bytes:
    """The same CSV in UTF-8 without empty lines, and without blanks around its cells: the same bytes where there are none. Raises
    ValueError for one that cannot be read."""
    lines, delimiter = _lines(content)
    tidy = [[cell.strip() for cell in line] for line in lines]
    tidy = [line for line in tidy if line not in ([], [""])]
    if not tidy or tidy == lines and _is_utf8(content):
        return content
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter or ",", lineterminator="\n").writerows(tidy)
    return out.getvalue().encode()


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _lines(content: bytes) -> tuple[list[list[str]], str]:
    """The cells of each line, and what is between them ("" for nothing)."""
    text = csv_text(content)
    text = text.replace("\n\r", "\n").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    first = next((line for line in text.split("\n") if line), "")
    found = [mark for mark in DELIMITERS if mark in first]
    delimiter = max(found, key=first.count) if found else ""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter or ",", strict=True)
    try:
        return list(reader), delimiter
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: a quotation mark is not closed, or too much is between two ({error})") from None


def by_list(content: bytes) -> dict[str, etree._Element]:
    """The lists of itemsets.csv (the sheet external_choices), each as an <instance> of its own, by name. Words in several
    languages: those of the first."""
    found: dict[str, etree._Element] = {}
    for row in csv_rows(content):
        name = row.get("list_name", "")
        words = row.get("label") or next((text for head, text in row.items() if head.startswith("label::") and text), "")
        if name not in found:
            found[name] = etree.Element("instance", id=name)
            etree.SubElement(found[name], "root")
        item = etree.SubElement(found[name][0], "item")
        for head, text in {**row, "label": words}.items():
            if _NAME.match(head):
                etree.SubElement(item, head).text = _legal(text)
    return found


def _csv(content: bytes) -> etree._Element:
    root = etree.Element("root")
    for row in csv_rows(content):
        item = etree.SubElement(root, "item")
        for name, value in row.items():
            # A heading that is no name, such as "my words", can be found by pulldata() and search() only: as my_words.
            told = name if _NAME.match(name) else plain(name)
            if _NAME.match(told) and (told == name or told not in row):
                etree.SubElement(item, told).text = _legal(value)
    return root


def _geojson(content: bytes) -> etree._Element:
    try:
        # Numbers stay as they are written: 1.50, and codes of twenty digits.
        collection = json.loads(content.decode("utf-8-sig"), parse_float=_Written, parse_int=_Written)
        features = collection["features"] if collection.get("type") == "FeatureCollection" else None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        features = None
    if not isinstance(features, list):
        raise ValueError("is no GeoJSON feature collection")
    root = etree.Element("root")
    for number, feature in enumerate(features, 1):
        try:
            _feature(etree.SubElement(root, "item"), feature)
        except (TypeError, KeyError, IndexError, AttributeError, ValueError):
            raise ValueError(f"feature {number} is no point, line or area") from None
    return root


class _Written(str):
    """A number as it stands in the file."""


def _feature(item: etree._Element, feature: dict) -> None:
    if feature.get("type") != "Feature":
        raise ValueError(feature.get("type"))
    etree.SubElement(item, "geometry").text = _places(feature["geometry"])
    if "id" in feature:
        etree.SubElement(item, "id").text = _said(feature["id"])
    for name, value in (feature.get("properties") or {}).items():
        if _NAME.match(name) and not (name == "id" and "id" in feature):
            etree.SubElement(item, name).text = _said(value)


def _said(value: object) -> str:
    """A value of JSON as text: nothing for null, and what has parts as JSON."""
    if value is None:
        return ""
    return _legal(value if isinstance(value, str) else json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")))


def _plain(value: object) -> object:
    """The same with its numbers as numbers."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return json.loads(value) if isinstance(value, _Written) else value


def _places(geometry: dict) -> str:
    kind, places = geometry["type"], geometry["coordinates"]
    if kind == "Point":
        places = [places]
    elif kind == "Polygon":
        places = places[0] if places else []
    elif kind != "LineString":
        raise ValueError(kind)
    said = [_place(*place) for place in places]
    return "; ".join(said)


def _place(longitude: _Written, latitude: _Written, altitude: _Written | int = 0, *_more: _Written) -> str:
    if not all(math.isfinite(float(part)) for part in (latitude, longitude, altitude)):
        raise ValueError(latitude)
    return f"{latitude} {longitude} {altitude} 0"


_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def _legal(text: str) -> str:
    return _BAD.sub("", text)
