"""How code places are printed, and which files of the repository they mean."""
