"""The central order store, deployed on its own. Imports `app` and `sync.protocol`: one wire, both ends."""
