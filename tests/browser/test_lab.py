"""The course as a learner meets it: a notebook in JupyterLab, with a kernel and no dialogs."""

from softmax_lib import softmax, softmax_jacobian


def test_the_first_notebook_runs_in_the_lab_without_an_error(open_notebook):
    page = open_notebook("00_start_here.ipynb")
    assert page.locator(".jp-Notebook h1").first.inner_text().startswith("00 · ")
    assert page.locator(".jp-Dialog").count() == 0


def test_the_lab_does_not_ask_whether_it_may_fetch_news(open_notebook):
    page = open_notebook("00_start_here.ipynb")
    assert page.evaluate(
        "jupyterapp.isPluginActivated('@jupyterlab/apputils-extension:notification')"
    )
    news = "@jupyterlab/apputils-extension:announcements"
    assert not page.evaluate(f"jupyterapp.isPluginActivated('{news}')")


def test_a_picture_carries_its_text_for_screen_readers(open_notebook):
    page = open_notebook("04_jacobian.ipynb")
    pictures = page.locator(".jp-OutputArea-output img")
    texts = [pictures.nth(n).get_attribute("alt") for n in range(pictures.count())]
    assert len(texts) >= 3
    assert all(len(text) > 40 for text in texts)


def numbers(page):
    """Read the panel's table: P, the Jacobian, and the sums of its rows."""
    rows = page.locator(".jp-OutputArea-output table:has(caption) tbody tr").all()
    cells = [[float(x) for x in row.locator("td").all_text_contents()] for row in rows]
    return [r[0] for r in cells], [r[1:-1] for r in cells], [r[-1] for r in cells]


def test_the_jacobian_panel_follows_its_sliders_by_keyboard(open_notebook):
    page = open_notebook("04_jacobian.ipynb")
    assert_shows(page, [1.0, 2.0, 3.0])

    score = page.get_by_role("slider").nth(1)
    score.focus()
    for _ in range(5):
        score.press("ArrowRight")  # a step is 0.1
    assert_shows(page, [1.0, 2.5, 3.0])

    temperature = page.get_by_role("slider").nth(3)
    temperature.focus()
    for _ in range(6):
        temperature.press("ArrowRight")  # a step is a factor of 10^0.05
    assert_shows(page, [1.0, 2.5, 3.0], T=10**0.3)


def assert_shows(page, S, T=1.0):
    """Wait until the table shows what the library computes, and then compare every number."""
    P = softmax([s / T for s in S])
    J = softmax_jacobian(P)
    page.get_by_role("cell", name=f"{P[0]:.3f}", exact=True).first.wait_for()
    got_P, got_J, got_sums = numbers(page)
    assert got_P == [round(float(p), 3) for p in P]
    assert got_J == [[round(float(x), 3) for x in row] for row in J]
    assert got_sums == [0.0] * len(S)
