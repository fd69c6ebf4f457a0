"""What stands where a value is hidden from the reader, whatever type the value has. Must import nothing of signoff."""

MARK = "不可见 (hidden)"
