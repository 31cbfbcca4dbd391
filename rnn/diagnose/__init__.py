"""Why a gradient is wrong: mistakes named on an editable reference, repairs of the user's source, laws, blind spots."""
