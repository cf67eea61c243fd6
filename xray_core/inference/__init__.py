"""From a film to the networks' answers, without Keras."""
