"""The judge: a second, independent reading of the specification, and the worlds it judges by.

Nothing here imports the product, so that a mistake of the product cannot hide in its own test.
"""
