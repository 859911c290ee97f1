"""What every table of the back office has: history, spreadsheets in and out, and an audit of both."""
