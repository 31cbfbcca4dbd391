"""The one exception that means: the user's input is at fault, and here is a sentence about it."""


class InputError(Exception):
    """Bad input from the user: a file, a number, an option or their own code.

    The text is shown to the user as it stands, so it is one sentence that says what was found, what was
    expected, and what to do. Every other exception that reaches the top is a bug of ours.
    """
