"""Count the faces of two dice."""

faces = 6 + 6
print("faces", faces)
