"""Run the site's snippets and show what they print, draw and claim.

Data flows one way, one module an arrow: `project` reads what contributors wrote, `run` executes it
(`worker` is the inside of one process, `figures` the drawing), `claims` judges the numbers,
`markdown` puts finished results on pages (`blocks` are what a page may contain, `crossrefs` its
links to glossary and papers, `mathematics` its formulas), `notebooks` makes pages of labs,
`__main__` is the command line, `theme` the pages' frame and style, and `hooks` what MkDocs needs
for labs, assets and live reload.
"""
