"""Text tables: columns find their width, long text wraps, numbers stand on the right."""


class Column:
    def __init__(self, title, align="left", width=None):
        if align not in ("left", "right", "center"):
            raise ValueError("unknown alignment: {}".format(align))
        if width is not None and width < 1:
            raise ValueError("a column needs room for one character")
        self.title = title
        self.align = align
        self.width = width

    def pad(self, text, width):
        missing = width - len(text)
        if missing <= 0:
            return text
        if self.align == "right":
            return " " * missing + text
        if self.align == "center":
            left = missing // 2
            return " " * left + text + " " * (missing - left)
        return text + " " * missing


def wrap(text, width):
    """Breaks at spaces; words longer than a line are cut."""
    lines = []
    current = ""
    for word in text.split():
        while len(word) > width:
            if current:
                lines.append(current)
                current = ""
            lines.append(word[:width])
            word = word[width:]
        if not current:
            current = word
        elif len(current) + 1 + len(word) <= width:
            current += " " + word
        else:
            lines.append(current)
            current = word
    if current or not lines:
        lines.append(current)
    return lines


class Table:
    """Rows of text under titled columns."""

    def __init__(self, columns, gap=2):
        self.columns = list(columns)
        self.gap = gap
        self._rows = []

    def __len__(self):
        return sum(1 for row in self._rows if row is not None)

    def add(self, *cells):
        if len(cells) != len(self.columns):
            raise ValueError(
                "expected {} cells, got {}".format(len(self.columns), len(cells))
            )
        self._rows.append([str(cell) for cell in cells])

    def rule(self):
        """A line across the table, e.g. above totals. Never two in a row."""
        if self._rows and self._rows[-1] is not None:
            self._rows.append(None)

    def _widths(self):
        widths = []
        for index, column in enumerate(self.columns):
            if column.width is not None:
                widths.append(column.width)
                continue
            widest = len(column.title)
            for row in self._rows:
                if row is not None and len(row[index]) > widest:
                    widest = len(row[index])
            widths.append(widest)
        return widths

    def render(self):
        widths = self._widths()
        total = sum(widths) + self.gap * (len(widths) - 1)
        header = [column.title for column in self.columns]
        lines = self._line(header, widths)
        lines.append("-" * total)
        for row in self._rows:
            if row is None:
                lines.append("-" * total)
            else:
                lines.extend(self._line(row, widths))
        return "\n".join(lines)

    def _line(self, cells, widths):
        wrapped = [wrap(cell, width) for cell, width in zip(cells, widths)]
        height = max(len(part) for part in wrapped)
        lines = []
        for level in range(height):
            parts = []
            for column, part, width in zip(self.columns, wrapped, widths):
                text = part[level] if level < len(part) else ""
                parts.append(column.pad(text, width))
            lines.append((" " * self.gap).join(parts).rstrip())
        return lines
