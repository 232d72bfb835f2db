"""What ODK Collect, KoboCollect and other OpenRosa clients talk to: form list, forms, media, submissions."""
