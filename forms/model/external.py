"""Secondary instances that stand in files of their own: CSV, GeoJSON and XML."""
from __future__ import annotations

import csv
import io
import json
import re

from lxml import etree

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


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file by heading. Raises ValueError when its heading cannot be read."""
    text = content.decode("utf-8-sig", "replace")
    text = text.replace("\n\r", "\n").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    first = next((line for line in text.split("\n") if line), "")
    found = [mark for mark in DELIMITERS if mark in first]
    delimiter = max(found, key=first.count) if found else ","
    lines = csv.reader(io.StringIO(text), delimiter=delimiter)
    heading: list[str] = []
    rows = []
    for line in lines:
        if not heading:
            if not line:
                continue
            heading = line
            wrong = next((name for name in heading if not _NAME.match(name.strip())), None)
            if wrong is not None and not found:
                raise ValueError(f"the column name {wrong!r} cannot be used")
        else:
            rows.append(dict(zip(heading, line + [""] * (len(heading) - len(line)))))
    return rows


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
            if _NAME.match(name):
                etree.SubElement(item, name).text = _legal(value)
    return root


def _geojson(content: bytes) -> etree._Element:
    try:
        features = json.loads(content.decode("utf-8-sig"))["features"]
    except (ValueError, KeyError, TypeError):
        raise ValueError("is no GeoJSON feature collection") from None
    root = etree.Element("root")
    for feature in features:
        item = etree.SubElement(root, "item")
        geometry = feature.get("geometry") or {}
        etree.SubElement(item, "geometry").text = _places(geometry)
        if "id" in feature:
            etree.SubElement(item, "id").text = _legal(str(feature["id"]))
        for name, value in (feature.get("properties") or {}).items():
            if _NAME.match(name) and not (name == "id" and "id" in feature):
                etree.SubElement(item, name).text = _legal("" if value is None else str(value))
    return root


def _places(geometry: dict) -> str:
    places = geometry.get("coordinates") or []
    if geometry.get("type") == "Point":
        places = [places]
    elif geometry.get("type") == "Polygon":
        places = places[0] if places else []
    said = [" ".join(map(str, (place[1], place[0], *([0, 0] if len(place) < 3 else [place[2], 0])))) for place in places]
    return said[0] if geometry.get("type") == "Point" and said else "; ".join(said)


_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def _legal(text: str) -> str:
    return _BAD.sub("", text)
