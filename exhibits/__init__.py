"""Run the site's snippets and show what they print, draw and claim.

Data flows one way, one module an arrow: `project` reads what contributors wrote, `run` executes it
(`worker` is the inside of one process, `figures` the drawing), `claims` judges the numbers,
`markdown` puts finished results on pages, `mathematics` typesets formulas, `__main__` is the
command line and `hooks` what MkDocs needs for assets and live reload.
"""
