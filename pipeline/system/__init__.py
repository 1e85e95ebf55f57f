"""What the operating system gives: threads, folders, rights of a process."""
