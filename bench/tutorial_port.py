"""The tutorial's code as its reader would write it today: Keras 3, scikit-image's current defaults, float32.

Kept as close to the text as it runs (https://chsasank.com/keras-tutorial.html, 2017): this is the other side of every
ratio, so nothing in it is made faster or slower than a reader would find it.
"""

import glob
import os
from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.optimizers import SGD
from skimage import color, exposure, io, transform

NUM_CLASSES = 43
IMG_SIZE = 48


def preprocess_img(img):
    # Histogram normalization in v channel
    hsv = color.rgb2hsv(img)
    hsv[:, :, 2] = exposure.equalize_hist(hsv[:, :, 2])
    img = color.hsv2rgb(hsv)

    # central square crop
    min_side = min(img.shape[:-1])
    centre = img.shape[0] // 2, img.shape[1] // 2
    img = img[
        centre[0] - min_side // 2 : centre[0] + min_side // 2,
        centre[1] - min_side // 2 : centre[1] + min_side // 2,
        :,
    ]

    # rescale to standard size
    return transform.resize(img, (IMG_SIZE, IMG_SIZE))


def get_class(img_path):
    return int(img_path.split("/")[-2])


def image_paths(root_dir) -> list[str]:
    return sorted(glob.glob(os.path.join(root_dir, "Final_Training/Images/*/*.ppm")))


def load_images(all_img_paths: Sequence[str]):
    imgs = []
    labels = []
    for img_path in all_img_paths:
        img = preprocess_img(io.imread(img_path))
        label = get_class(img_path)
        imgs.append(img)
        labels.append(label)

    X = np.array(imgs, dtype="float32")
    # Make one hot targets
    Y = np.eye(NUM_CLASSES, dtype="uint8")[labels]
    return X, Y


def cnn_model():
    model = Sequential()

    model.add(Conv2D(32, (3, 3), padding="same", input_shape=(IMG_SIZE, IMG_SIZE, 3), activation="relu"))
    model.add(Conv2D(32, (3, 3), activation="relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.2))

    model.add(Conv2D(64, (3, 3), padding="same", activation="relu"))
    model.add(Conv2D(64, (3, 3), activation="relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.2))

    model.add(Conv2D(128, (3, 3), padding="same", activation="relu"))
    model.add(Conv2D(128, (3, 3), activation="relu"))
    model.add(MaxPooling2D(pool_size=(2, 2)))
    model.add(Dropout(0.2))

    model.add(Flatten())
    model.add(Dense(512, activation="relu"))
    model.add(Dropout(0.5))
    model.add(Dense(NUM_CLASSES, activation="softmax"))
    return model


def compiled_model():
    model = cnn_model()
    lr = 0.01
    sgd = SGD(learning_rate=lr, momentum=0.9, nesterov=True)
    model.compile(loss="categorical_crossentropy", optimizer=sgd, metrics=["accuracy"])
    return model


def augmented_batches(X, Y, batch_size=32):
    datagen = tf.keras.preprocessing.image.ImageDataGenerator(
        featurewise_center=False,
        featurewise_std_normalization=False,
        width_shift_range=0.1,
        height_shift_range=0.1,
        zoom_range=0.2,
        # 0.1 radians, as the Keras of that year read the tutorial's 0.1: the same change as on our side.
        shear_range=5.73,
        rotation_range=10.0,
    )
    datagen.fit(X)
    return datagen.flow(X, Y, batch_size=batch_size)
