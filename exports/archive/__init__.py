"""The archive: everything a campaign found, in one file that is signed and encrypted, for the main system.

FILE is a zip of a BagIt bag with a Data Package inside, encrypted with age; FILE.minisig is its signature.
`exporting` makes it, `checking` finds what is wrong with it, `importing` brings it into another database.
"""
