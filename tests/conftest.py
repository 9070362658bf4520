"""What all tests share: random tests draw the same cases every time, and take their time."""

from hypothesis import settings

settings.register_profile("course", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("course")
