"""What a report can be made from: each file fills a `ReportInput` from one kind of source; `open_source` chooses."""
