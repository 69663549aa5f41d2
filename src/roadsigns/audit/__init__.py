"""The audit of labelled data by predictions of networks that have not seen them: suspected labels, tracks and boxes."""
