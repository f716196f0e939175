"""`make test-faults`: the running product through what goes wrong in life, one fault after the other under the eyes of a reader."""
