"""Laws that bind two parts of the software to one another."""
