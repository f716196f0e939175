"""What editors are told of, each once: by whom, to whom, and in which words. Who sends it by mail and webhook is above."""
