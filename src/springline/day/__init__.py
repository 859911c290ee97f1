"""`springline simulate`: a whole day of the hotline over real SIP, and whether it all adds up."""
