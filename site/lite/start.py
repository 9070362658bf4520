"""What Python is told in a browser before a lesson begins: there are no threads there."""

import logging

from tqdm import tqdm

tqdm.monitor_interval = 0  # its monitor would be a thread
# Nor does Matplotlib find a list of fonts there: that it makes one is news to nobody.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
