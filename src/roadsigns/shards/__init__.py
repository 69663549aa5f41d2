"""Shards: files of many images each, packed and read one by one, at any address that fsspec knows."""
