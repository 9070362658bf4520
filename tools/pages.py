"""Pages of docs/ whose sections a program writes."""

from tools.notebooks import ROOT

DOCS = ROOT / "docs"
TEACHING = DOCS / "teaching.md"


def table(head, rows):
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, cells)) + " |" for cells in lines)


def write_section(heading, text, document):
    """Replace the section of that heading in a document of docs/, or add it at the end."""
    page = document.read_text("utf-8") if document.exists() else f"# {document.stem.capitalize()}\n"
    before, _, rest = page.partition(f"\n## {heading}\n")
    _, next_heading, after = rest.partition("\n## ")
    section = f"{before.rstrip()}\n\n## {heading}\n\n{text.strip()}\n{next_heading}{after}"
    document.write_text(section, "utf-8")
