"""Measured figures, each beside a floor of the same run: `make bench`. Read the ratios; the times are the machine's."""
