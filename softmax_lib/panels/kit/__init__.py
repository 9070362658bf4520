"""What panels are made of.

`primitives` are the parts that stand in a panel, `groups` sets them beside and below each other,
`panel` is what holds them together and draws them again after each touch, `widget` is how Jupyter
shows it. `arguments` says what a panel refuses; `scores` is what the panels of one row of scores
share, `head` what those of attention share, `docs` what all docstrings share. `scripts/` has one
script for each kind of part; `bundle.js` is all of them, as one file.
"""
