"""What a classifier leans on besides disease, measured on films that it was not fitted on."""
