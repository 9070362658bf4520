"""The course as a learner meets it: a notebook in JupyterLab, with a kernel and no dialogs."""


def test_the_first_notebook_runs_in_the_lab_without_an_error(open_notebook, assert_accessible):
    page = open_notebook("00_start_here.ipynb")
    assert page.locator(".jp-Notebook h1").first.inner_text().startswith("00 · ")
    assert page.locator(".jp-Dialog").count() == 0
    assert_accessible()


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
