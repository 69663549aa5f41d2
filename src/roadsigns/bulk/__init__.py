"""Prediction of many images: any sources in, one row for each image out."""
