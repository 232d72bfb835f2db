"""Pages for those who collect: volunteers at the door, clerks who key paper forms; and their leads."""
