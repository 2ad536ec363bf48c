"""The gazetteer: places people live in, built once from GeoNames into a file, then asked letter by letter.

`source`, `names` and `building` belong to the command that makes the file; the server knows `keys` and `reading`
alone. docs/decisions/0014-gazetteer.md says why.
"""
