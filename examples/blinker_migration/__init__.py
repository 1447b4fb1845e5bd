"""One program in three states: written for blinker (`before`), on its way (`halfway`), and with typed signals (`after`).

It makes the pages of a site, and its plugins hear of that by signals. ``docs/migrating-from-blinker.md`` tells the way.
"""
