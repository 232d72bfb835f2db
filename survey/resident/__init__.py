"""Pages for residents: a code opens the door's form, a receipt opens what was answered."""
