"""The spool: calls' files on the disk, and the thread that takes them into the record."""
