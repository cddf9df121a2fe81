"""What of a page a visitor sees, by its own markup and styles.

Style sheets from elsewhere are not read and scripts are not run; what those hide or show is for a
person to see.
"""

import re
from collections.abc import Iterable, Mapping

_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SIMPLE = re.compile(r"(?:[a-z][a-z0-9]*)?(?:[.#][\w-]+)?", re.I)
_SMALLEST = 6.0  # pixels of a letter that can be read
_MOST_RULES = 3_000

_HIDING = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0*\.?0+%?"
    r"|content-visibility\s*:\s*hidden|color\s*:\s*transparent|(?:text-indent|left|top|right|margin"
    r"(?:-left|-top)?)\s*:\s*-\d{3,}(?:px|em|rem)?|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]+[01]"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%|transform\s*:\s*scale[xy]?\(\s*0\s*\))\s*",
    re.IGNORECASE,
)
_PROPERTY = re.compile(r"(?:^|;)\s*([a-z-]+)\s*:\s*([^;!]{1,100})", re.I)
_SIZE = re.compile(r"(\d*\.?\d+)\s*(px|pt|em|rem|%|vw)?")
_PIXELS = {"px": 1.0, "pt": 1.333, "em": 16.0, "rem": 16.0, "%": 0.16, "vw": 10.0, None: 1.0}

NOT_SHOWN = frozenset(
    {"head", "template", "noscript", "textarea", "object", "video", "audio", "canvas"}
    | {"datalist", "select"}
)


def hiding_selectors(styles: Iterable[str]) -> frozenset[str]:
    """Plain selectors (tag, .class, #id, tag.class) whose rules hide what they select."""
    found: set[str] = set()
    for style in styles:
        text = re.sub(r"/\*.*?(?:\*/|\Z)", "", style, flags=re.DOTALL)
        for number, rule in enumerate(_RULE.finditer(text)):
            if number >= _MOST_RULES:
                break
            if not is_hidden_by(rule[2]):
                continue
            selectors = (selector.strip() for selector in rule[1].split(","))
            found |= {s.lower() for s in selectors if s and _SIMPLE.fullmatch(s)}
    return frozenset(found)


def is_hidden_by(style: str) -> bool:
    """Whether declarations hide an element from sight, or make its text too small to be read."""
    if _HIDING.search(style):
        return True
    declared = {key.lower(): value.strip().lower() for key, value in _PROPERTY.findall(style)}
    background = declared.get("background-color", declared.get("background"))
    if background is not None and declared.get("color") == background:
        return True
    size = _SIZE.match(declared.get("font-size", ""))
    if size and float(size[1]) * _PIXELS[size[2]] < _SMALLEST:
        return True
    flat = any(re.match(r"0(?:px)?$", declared.get(key, "")) for key in ("height", "max-height"))
    return flat and declared.get("overflow", "").startswith("hidden")


def is_hidden(tag: str, attributes: Mapping[str, str | None], hiding: frozenset[str]) -> bool:
    """Whether an element by itself hides what is in it."""
    if tag in NOT_SHOWN or "hidden" in attributes:
        return True
    if tag in {"details", "dialog"} and "open" not in attributes:
        return True
    if is_hidden_by(attributes.get("style") or ""):
        return True
    if not hiding:
        return False
    classes = (attributes.get("class") or "").lower().split()[:50]
    own = [tag, *(f".{name}" for name in classes), *(f"{tag}.{name}" for name in classes)]
    if attributes.get("id"):
        own += [f"#{attributes['id']}".lower(), f"{tag}#{attributes['id']}".lower()]
    return not hiding.isdisjoint(own)
