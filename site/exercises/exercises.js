// What a page with exercises loads: each is given its editor, and each list its ticks.

import "./exercises.css";
import { mountExercise } from "./exercise.js";
import { mountProgress } from "./progress.js";

for (const place of document.querySelectorAll(".exercise")) mountExercise(place);
for (const place of document.querySelectorAll(".exercise-progress")) mountProgress(place);
