"""Which line is to blame: arrays of the user's code matched to the oracle's quantities, and the first wrong statement."""
