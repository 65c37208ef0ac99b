# Marks the folder as a package; __main__.py loads it under a private name so that it hides no module of a repository.
