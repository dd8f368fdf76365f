"""Where traces come from: `watch` and `graph` decide what is written down, whichever library it is.

`engine` and `torch` hear of it, each in its library's way, and answer the questions in `library`.
"""
