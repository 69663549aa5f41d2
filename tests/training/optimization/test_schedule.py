"""The learning rate against plain Python."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.training.optimization.schedule import DroppingRate, OneCycleRate

# 31,368 training images in batches of 32.
STEPS_PER_EPOCH = 981


def tutorial_rate():
    """The tutorial's."""
    return DroppingRate(0.01, drop_factor=0.1, steps_per_drop=10 * STEPS_PER_EPOCH, decay_per_step=1e-6)


def expected(step, *, rate=0.01, factor=0.1, steps_per_drop=10 * STEPS_PER_EPOCH, decay=1e-6):
    """The tutorial's words in float64."""
    return rate * factor ** (step // steps_per_drop) / (1 + decay * step)


@pytest.mark.parametrize("epoch", [0, 1, 9, 10, 11, 19, 20, 29])
@pytest.mark.parametrize("step", [0, 1, STEPS_PER_EPOCH - 1])
def test_the_rate_drops_every_ten_epochs_and_decays_every_step(epoch, step):
    """0.01 * 0.1 ** (epoch // 10) / (1 + 1e-6 * step)."""
    total = epoch * STEPS_PER_EPOCH + step
    plain = 0.01 * 0.1 ** (epoch // 10) / (1 + 1e-6 * total)

    assert float(tutorial_rate()(total)) == pytest.approx(plain, rel=1e-6)


@settings(max_examples=25)
@given(
    step=st.integers(0, 2**31 - 1),
    rate=st.floats(1e-6, 10),
    factor=st.floats(0.01, 1),
    steps_per_drop=st.integers(1000, 100_000_000),
    decay=st.floats(0, 1e-3),
)
def test_the_rate_equals_plain_python(step, rate, factor, steps_per_drop, decay):
    """At any step and setting, within float32, and below its range as zero."""
    schedule = DroppingRate(rate, drop_factor=factor, steps_per_drop=steps_per_drop, decay_per_step=decay)
    plain = expected(step, rate=rate, factor=factor, steps_per_drop=steps_per_drop, decay=decay)

    # The error of a float32 power grows with its exponent.
    assert float(schedule(step)) == pytest.approx(plain, rel=1e-6 * (2 + step // steps_per_drop), abs=1e-37)


def test_the_step_may_be_the_optimisers_count():
    """Keras hands over an integer variable; the rate is float32."""
    rate = tutorial_rate()(keras.Variable(10 * STEPS_PER_EPOCH, dtype="int64", trainable=False))

    assert keras.backend.standardize_dtype(rate.dtype) == "float32"
    assert float(rate) == pytest.approx(expected(10 * STEPS_PER_EPOCH), rel=1e-6)


def test_the_schedule_serialises():
    """To its name and numbers, and back to the same rates."""
    stored = keras.optimizers.schedules.serialize(tutorial_rate())
    again = keras.optimizers.schedules.deserialize(stored)

    assert isinstance(again, DroppingRate)
    assert again.get_config() == tutorial_rate().get_config()
    for step in (0, 5000, 25_000):
        assert float(again(step)) == float(tutorial_rate()(step))


def test_one_cycle_rises_to_its_peak_and_falls_to_nearly_nothing():
    """A tenth at first, the peak after the warm-up, half of it half-way down, at last a two-hundredth."""
    rate = OneCycleRate(0.002, steps=1000, warm_up=0.2)

    assert [float(rate(step)) for step in (0, 200, 600, 999, 5000)] == pytest.approx(
        [0.0002, 0.002, 0.001, 0.00001, 0.00001], rel=1e-3
    )


@given(peak=st.floats(1e-5, 1), steps=st.integers(1, 10_000), warm_up=st.floats(0.01, 0.99))
def test_one_cycle_stays_above_nothing_and_below_its_peak(peak, steps, warm_up):
    """At every step of any training."""
    rate = OneCycleRate(peak, steps=steps, warm_up=warm_up)

    for step in np.unique(np.linspace(0, steps - 1, 20).astype(int)).tolist():
        assert 0 < float(rate(step)) <= peak * (1 + 1e-5)


@pytest.mark.parametrize("schedule", [tutorial_rate(), OneCycleRate(0.1, steps=10, warm_up=0.3)])
def test_schedules_are_rebuilt_from_their_configuration(schedule):
    again = type(schedule).from_config(schedule.get_config())

    assert [float(again(step)) for step in range(12)] == [float(schedule(step)) for step in range(12)]
