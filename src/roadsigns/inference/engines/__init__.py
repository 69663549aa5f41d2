"""What computes a network: Keras, ONNX Runtime or OpenVINO."""
