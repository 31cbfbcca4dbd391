"""The heatmap canvas: linked matrix views with their colour bars. Knows arrays and colours, nothing of the program."""
