// Flet's client asks a CDN for a script of Rive animations, which Floorhand has none of. This empty one answers instead.
