// Folds.
