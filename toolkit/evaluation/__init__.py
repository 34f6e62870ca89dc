"""How good the models are, against labelled data and written summaries."""
