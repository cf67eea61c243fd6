"""Networks and the gate, from films to model folders; the only place that needs Keras."""
