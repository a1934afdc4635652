"""Pictures of flows: cards and their ways on, laid out in columns; SVG and Mermaid."""
