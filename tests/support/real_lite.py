"""The lessons in JupyterLite, in a real browser, and nbval's judgement of what they give there."""

from nbval.plugin import IPyNbFile, coalesce_streams

from support.real_lab import MODEL, ready, written

ADDRESS = "lite/lab/index.html?reset&path="  # reset: no old tabs
LOADED = "() => window.jupyterapp?.shell.currentWidget?.context?.isReady"


def open_lesson(page, address, name):
    """Open a lesson in JupyterLite, and wait until its Python is there."""
    open_cells(page, address, name)
    ready(page)


def open_cells(page, address, name):
    """Open a lesson in JupyterLite; its Python comes later."""
    page.goto(f"{address}{ADDRESS}{name}")
    page.wait_for_function(LOADED)
    page.wait_for_selector(".jp-Notebook .jp-Cell")


def differences(path, ran, session):
    """Compare, by nbval's own rules, what a notebook's cells gave with what is stored.

    Returns
    -------
    list of str
        One for each code cell that raised, did not run, or gave something else.
    """
    stored = IPyNbFile.from_parent(session, path=path)
    stored.setup_sanitize_files()
    cells = [cell for cell in ran.cells if cell.cell_type == "code"]
    judged = zip(stored.collect(), cells, strict=True)
    return [words for cell, now in judged for words in complaints(cell, now)]


def complaints(cell, now):
    """Yield what is wrong with a cell that ran, beside the one that nbval holds."""
    where = f"Cell {cell.cell_num}: {now.source}"
    errors = [each for each in now.outputs if each.output_type == "error"]
    if errors:
        yield "\n".join([where, *errors[0].traceback])
    elif now.execution_count is None:
        yield f"{where}\ndid not run"
    elif cell.options["check"]:
        given, kept = coalesce_streams(now.outputs), coalesce_streams(cell.cell.outputs)
        if not cell.compare_outputs(given, kept):
            yield "\n".join([where, *cell.comparison_traceback])


def write_into(page, words):
    """Write into the first cell of the opened lesson, and save."""
    page.evaluate(f"words => {MODEL}.cells[0].setSource(words)", words)
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")


def first_cell(page):
    """Return the source of the first cell of the opened lesson."""
    return written(page).cells[0].source
