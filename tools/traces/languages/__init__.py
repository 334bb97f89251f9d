"""One reader a language family: what its run time prints becomes failures."""
