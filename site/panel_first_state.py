"""A panel's first state as HTML: what is read before a script has run, and where none does.

The elements and their classes are those that the panels' own scripts make, so that nothing moves in
the page when these take over.
"""

from html import escape

EDGES = {True: (46, 12, 10, 24), False: (8, 8, 8, 8)}  # left, right, top, bottom: as in curve.js


def first_state(tree, state):
    """Write a panel's tree, with its state, as HTML."""
    if "parts" in tree:
        inside = "".join(first_state(part, state) for part in tree["parts"])
        return f'<div class="softmax-{tree["kind"]}">{inside}</div>'
    prefix = tree["prefix"]
    part = {n.removeprefix(prefix): value for n, value in state.items() if n.startswith(prefix)}
    return KINDS[tree["kind"]](**part)


def tag(name, *children, text="", **attributes):
    """Write an element: `class_` is class, aria_label is aria-label; None is left out."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{escape(text)}{''.join(children)}</{name}>"


def bars(values, numbers, labels, title, text, colour, low, high, **_):
    """Draw bars on a line at zero, with their numbers."""

    def height(x):
        return 100 * (min(high, max(low, x)) - low) / (high - low)

    columns = [
        tag(
            *("div", tag("output", text=number)),
            tag("div", *bar_and_zero(height(0), height(value), colour), class_="softmax-track"),
            tag("div", text=label),
            class_="softmax-value",
        )
        for value, number, label in zip(values, numbers, labels, strict=True)
    ]
    inside = tag("div", *columns, class_="softmax-values")
    heading = tag("div", text=title, class_="softmax-title")
    return tag("div", heading, inside, class_="softmax-bars", role="group", aria_label=text)


def bar_and_zero(nought, at, colour):
    """Draw one bar and its zero, in percent of the height."""
    place = f"background: {colour}; bottom: {min(nought, at)}%; height: {abs(at - nought)}%"
    yield tag("div", class_="softmax-bar", style=place)
    yield tag("div", class_="softmax-zero", style=f"bottom: {nought}%")


def heatmap(numbers, backgrounds, inks, rows, columns, title, text, size, **_):
    """Write a matrix as a table, each number on its colour."""
    head = tag("tr", "<td></td>", *(tag("th", text=name, scope="col") for name in columns))
    body = [
        tag("tr", tag("th", text=name, scope="row"), *cells(line, looks, colours))
        for name, line, looks, colours in zip(rows, numbers, backgrounds, inks, strict=True)
    ]
    caption, thead, tbody = tag("caption", text=title), tag("thead", head), tag("tbody", *body)
    table = tag("table", caption, thead, tbody, aria_label=text or title)
    return tag("figure", table, class_=f"softmax-heatmap softmax-{size or 'normal'}")


def cells(numbers, backgrounds, inks):
    """Write a line of a table; its last cells may have no colour."""
    for n, number in enumerate(numbers):
        coloured = n < len(backgrounds) and backgrounds[n]
        style = f"background: {backgrounds[n]}; color: {inks[n]}" if coloured else None
        yield tag("td", text=number, style=style)


def curve(still, lines, dots, limits, xticks, yticks, size, title, text, **_):
    """Draw lines and dots in a frame, with the numbers of its axes."""
    width, height = size
    left, right, top, bottom = EDGES[bool(xticks)]
    low_x, high_x, low_y, high_y = limits

    def x(at):
        return round(left + (at - low_x) / (high_x - low_x) * (width - left - right), 1)

    def y(at):
        return round(height - bottom - (at - low_y) / (high_y - low_y) * (height - top - bottom), 1)

    ticks = [
        *(tag("text", text=t, x=x(at), y=height - 8, text_anchor="middle") for at, t in xticks),
        *(tag("text", text=t, x=left - 6, y=y(at) + 4, text_anchor="end") for at, t in yticks),
    ]
    drawn = [*still, *lines]
    paths = [polyline([f"{x(a)},{y(b)}" for a, b in line["points"]], line) for line in drawn]
    spots = [mark(x(dot["at"][0]), y(dot["at"][1]), dot) for dot in dots]
    frame = {"viewBox": f"0 0 {width} {height}", "width": width, "height": height}
    picture = tag("svg", *ticks, *paths, *spots, **frame, role="img", aria_label=text)
    heading = tag("div", text=title, class_="softmax-title")
    legend = tag("div", *map(named, drawn), class_="softmax-legend")
    return tag("div", heading, picture, legend, class_="softmax-curve")


def polyline(corners, line):
    """Draw a line of a curve with its own look."""
    look = {key: value for key, value in line.items() if key not in ("points", "name")}
    style = {"fill": "none", "stroke": "currentColor", "stroke-width": 2} | look
    return tag("polyline", points=" ".join(corners), **style)


def named(line):
    """Write a line's name beside a piece of it, if it has one."""
    if not line.get("name"):
        return ""
    piece = tag("svg", polyline(["0,5", "30,5"], line), width=30, height=10, aria_hidden="true")
    return tag("span", piece, escape(line["name"]))


def mark(x, y, dot):
    """Draw a dot of a curve, and its words."""
    look = {key: value for key, value in dot.items() if key not in ("at", "text", "dx", "dy")}
    circle = tag("circle", **({"cx": x, "cy": y, "r": 4, "fill": "currentColor"} | look))
    if "text" not in dot:
        return circle
    at = {"x": x + dot.get("dx", 0), "y": y + dot.get("dy", 0)}
    return circle + tag("text", text=dot["text"], **at, text_anchor="middle")


def slider(value, min, max, step, label, number, plays, **_):
    """Show where a slider stands, and how many steps it has to either side."""
    at = {"type": "range", "min": min, "max": max, "step": step, "value": value}
    line = [tag("span", text=label), still("input", **at), tag("output", text=number)]
    play = still("button", text="play") if plays else ""
    inside = tag("label", *line, class_="softmax-slider")
    return tag("div", play, inside, class_="softmax-slider")


def check(label, value, **_):
    """Show whether a box is ticked."""
    ticked = {"checked": ""} if value else {}
    box = still("input", type="checkbox", **ticked)
    return tag("label", box, escape(label), class_="softmax-check")


def button(name, **_):
    """Show what a button is called."""
    return still("button", text=name, class_="softmax-button")


def still(name, **attributes):
    """Write a control that answers nothing yet."""
    return tag(name, disabled="", **attributes).removesuffix("</input>")


def words(text, **_):
    """Write lines of plain text, if there are any."""
    return tag("pre", text=text, class_="softmax-words") if text else ""


KINDS = {
    "bars": bars,
    "button": button,
    "check": check,
    "curve": curve,
    "heatmap": heatmap,
    "slider": slider,
    "words": words,
}
