"""Two small editions of an operator's own, in `own`, through everything that the program does with one.

`workshop-2026` has three levels, two grades that both ask for the second, one profile, no figures and no translation,
and shares ids with the ministry's edition that mean something else. `office-2026` has no scenarios, is binding in
English and translated into Chinese.
"""
