"""The web page that reads signs: served by `roadsigns serve`, or written as a folder that computes in the browser."""
