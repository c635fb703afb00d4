"""Run a site's snippets, judge what they claim, and put the results on its pages.

Data flows one way: source → run → judge → book → pages. One module is one arrow:

`model` holds the frozen records that travel; `source` reads what contributors wrote; `store` keeps results by
content; `run` executes jobs (`worker` is the inside of one process); `judge` makes verdicts; `draw` and `tex` turn
raw drawings and formulas into what a page shows; `weave` is the Markdown extension (`blocks` are what a page may
contain); `publish` prepares the folder that a site generator reads; `site` calls the generator and swaps its result
in; `cli` is the command line.
"""
