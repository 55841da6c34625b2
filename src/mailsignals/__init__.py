"""mailsignals: difficult-client signals in your own mail, each with the sentence that shows it."""

__version__ = "0.1.0"
