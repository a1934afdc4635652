"""What calls come to: figures from the record, as text, data, charts and a page."""
