"""Pages for people: the same addresses that give programs JSON. They are read without a script and load nothing foreign."""
