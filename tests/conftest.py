"""What all tests share: nothing yet reaches further than one folder."""
