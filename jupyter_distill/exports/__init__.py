"""What leaves the notebook: payloads of the views, SVG, HTML, and the one-file report."""
