"""The kernel: the few ideas that every floor shares. A closed list; nothing else goes in here."""
