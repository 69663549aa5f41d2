"""What an audit goes by: predictions for the images of data, by networks that have not seen them."""
