"""The web page: served by `roadsigns serve`, or exported as a folder that runs entirely in the browser."""
