"""The pieces screens are made of: the prompt strip, the keypad, the place, the lamp, the camera, the chime."""
