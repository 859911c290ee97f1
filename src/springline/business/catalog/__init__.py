"""What is sold, at what price, and where it is delivered."""
