"""Makes the handset's site: what turns a browser into a whole station, from locked inputs alone, the same each time.

`python -m handset` builds it, `page/` is what of it is ours, the order store serves it. May import `app` and `screens`
(for its fonts); nobody imports it, but `demo` and tests.
"""
