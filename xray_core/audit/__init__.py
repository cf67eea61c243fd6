"""What a data set gives away without a look at a lung."""
