"""Makes the handset's site: the rooms of a station as files that any browser runs. Knows every room's files, imports none."""
