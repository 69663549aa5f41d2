"""A typical service: Flask, and a Keras model that is loaded once and called directly. MODEL names its file."""

import os

import keras
import numpy as np
from flask import Flask, jsonify, request
from PIL import Image

import roadsigns.models.build  # noqa: F401 - registers layers that a network may have

app = Flask(__name__)
model = keras.models.load_model(os.environ["MODEL"])


@app.post("/v1/predict")
def predict():  # type: ignore[no-untyped-def]
    """Name the sign in the form's image."""
    image = Image.open(request.files["image"].stream).convert("RGB").resize(model.input_shape[1:3])
    batch = np.asarray(image, np.float32)[None] / 255
    probabilities = np.asarray(model(batch, training=False))[0]
    class_id = int(probabilities.argmax())
    return jsonify({"class_id": class_id, "probability": float(probabilities[class_id])})
