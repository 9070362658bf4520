"""Grade what a class hands in, without a server: python -m tools.grades FOLDER.

`found` collects the hand-ins and `students` names them; `run` has each judged in a `sandbox`, where
`judge` runs of a notebook what an exercise needs (`needed`) within `limits`. `totals` counts,
`lessons` knows what shows a mistake, `table` and `page` write down what came out.

A hand-in is other people's code. Nothing of it runs in the process that this package is used from.
"""
