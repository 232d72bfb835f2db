"""The one place where the form model meets the evaluator of expressions."""
from __future__ import annotations

import posixpath
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from lxml import etree

from forms.functions import FUNCTIONS, NAMESPACE
from forms.functions import text as _text
from forms.model.names import Names
from forms.xpath import XPathError, parse


class Ref(NamedTuple):
    """A path that an expression refers to, absolute, without predicates. `anchor`: for a relative one without predicates,
    the highest node that it goes up to. `plain`: without predicates."""

    path: str
    anchor: str
    plain: bool


class Context:
    def __init__(self, *, now: datetime, language: str = "", properties: Mapping[str, str] | None = None, place: str = "", seed=None):
        self.now, self.language, self.properties, self.place = now, language, dict(properties or {}), place
        self.state = None

    def attach(self, state) -> None:
        self.state = state

    def uuid(self) -> str:
        return str(uuid.uuid4())

    def now_text(self) -> str:
        return self.now.isoformat(timespec="milliseconds")

    def today_text(self) -> str:
        return self.now.date().isoformat()

    def position(self) -> str:
        return self.place


class Compiled:
    def __init__(self, source, xpath, refs, uses_language, variables):
        self.source, self.xpath, self.refs, self.uses_language, self.variables = source, xpath, refs, uses_language, variables

    def _run(self, node, context):
        state = context.state
        names = {"root": state.root.element, "current": node, "today": context.today_text(), "now": context.now_text()}
        for k, i in self.variables.items():
            names[k] = state.form.instances[i]
        return self.xpath(node, **names)

    def boolean(self, node, context):
        v = self._run(node, context)
        return bool(v) if not isinstance(v, float) else bool(v) and v == v

    def text(self, node, context):
        v = self._run(node, context)
        if isinstance(v, float) and v != v:
            return "NaN"
        return _text(v) if not (isinstance(v, list) and v and isinstance(v[0], str)) else v[0]

    def number(self, node, context):
        try:
            return float(self.text(node, context))
        except ValueError:
            return float("nan")

    def nodes(self, node, context):
        return self._run(node, context)


class Evaluator:
    def __init__(self, names: Names):
        self.names, self._known = names, {}

    def compile(self, source, base, wanted="boolean"):
        key = (source, base, wanted)
        if key not in self._known:
            w = _W(self.names, base)
            try:
                written = w.write(parse(source))
                ns = {k: v for k, v in self.names.uris.items()} | {"r": NAMESPACE}
                x = etree.XPath(written, namespaces=ns, smart_strings=False)
            except (XPathError, etree.XPathError) as e:
                raise ValueError(f"{source}: {e}") from None
            self._known[key] = Compiled(source, x, tuple(w.refs), "jr:" in source, w.variables)
        return self._known[key]

    def base_of(self, nodeset, base):
        import re
        m = re.match(r"\s*(?:randomize\()?\s*([./\w\-:]+)(?=\[|,|\)|\s|$)", nodeset)
        return self.names.reference(m[1], base) if m and not m[1].startswith("instance") else ""

    def child(self, source, base):
        return self.compile(source, base, "string") if source else None


class _W:
    def __init__(self, names, base):
        self.names, self.base, self.ref0, self.refs, self.variables = names, base, base, [], {}

    def write(self, t):
        return getattr(self, "w_" + t[0])(*t[1:])

    def w_num(self, v): return v
    def w_str(self, v): return f"'{v}'" if "'" not in v else f'"{v}"'
    def w_neg(self, e): return f"(-{self.write(e)})"

    def w_bin(self, op, a, b):
        return f"({self.write(a)} {op} {self.write(b)})"

    def w_path(self, start, steps):
        plain = not any(p for _, p in steps)
        here = None
        if isinstance(start, str):
            base = "" if start == "/" else self.base
            if base is not None:
                here = self._resolve(base, steps)
        elif start == ("call", "current", []):
            here = self._resolve(self.ref0, steps)
        if here:
            rel = start != "/" and plain
            anchor = ""
            if rel:
                at = self.base if isinstance(start, str) else self.ref0
                anchor = at
                for test, _ in steps:
                    if test == "..":
                        anchor = posixpath.dirname(anchor)
                    elif test != ".":
                        break
            self.refs.append(Ref(self.names.settled(here), anchor, plain))
        out = []
        partial = []
        for test, preds in steps:
            partial.append((test, []))
            saved = self.base
            if here is None:
                self.base = None
            else:
                self.base = self._resolve("" if start == "/" else (saved if isinstance(start, str) else self.ref0), partial)
            out.append(test + "".join(f"[{self.write(p)}]" for p in preds))
            self.base = saved
        body = "/".join(out)
        if start == "/":
            first, _, rest = body.partition("/")
            return f"$root/self::{first}" + (f"/{rest}" if rest else "")
        if isinstance(start, str):
            return body
        return f"{self.write(start)}/{body}"

    def _resolve(self, base, steps):
        joined = "/".join(t.removeprefix("child::") for t, _ in steps)
        return posixpath.normpath(f"{base}/{joined}")

    def w_call(self, name, args):
        if name == "instance":
            k = f"i{len(self.variables)}"
            self.variables[k] = args[0][1]
            return f"${k}"
        if name == "current":
            self.refs.append(Ref(self.ref0, "", True))
            return "$current"
        if name in ("today", "now"):
            return "$" + name
        from forms.expressions import NATIVE
        if name == "position" and args:
            return f"(count({self.write(args[0])}/preceding-sibling::*[name()=name({self.write(args[0])})])+1)"
        a = ", ".join(map(self.write, args))
        if name in NATIVE:
            return f"{name}({a})"
        if name not in FUNCTIONS and name not in EXTRA:
            raise XPathError(f"the function {name}() is not supported")
        return f"r:{name.replace(':', '-')}({a})"


EXTRA = {"number": lambda c, *a: FUNCTIONS["day"](c, *a), "uuid": lambda c: str(uuid.uuid4()),
         "once": lambda c, v: v, "count-non-empty": lambda c, n: float(sum(1 for x in n if x.text)),
         "join": lambda c, s, *v: s.join((x.text or "") if not isinstance(x, str) else x for y in v for x in (y if isinstance(y, list) else [y])),
         "randomize": lambda c, n, *a: n, "jr:choice-name": lambda c, v, p: _text(v), "jr:itext": lambda c, v: _text(v),
         "random": lambda c: 0.5, "string-join": lambda c, v: "", "boolean-from-string": lambda c, v: _text(v) in ("1", "true"),
         "concat": lambda c, *v: "".join(_text(x) for x in v)}
etree.FunctionNamespace(NAMESPACE).update({k.replace(":", "-"): v for k, v in EXTRA.items()})
