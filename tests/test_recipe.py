"""Recipes: read, overridden, and refused with a suggestion."""

import os
import tomllib

import pytest
from fixtures.errors import raises
from pydantic import ValidationError

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.errors import RecipeError
from roadsigns.recipe import Recipe, load_recipe, parse_recipe, recipe_names, recipe_text, to_toml
from roadsigns.settings import Settings
from roadsigns.synthesis.settings import Drawing


def test_both_of_the_tutorials_recipes_are_there():
    """Names are sorted and have no suffix."""
    names = recipe_names()

    assert {"tutorial", "tutorial-augmented"} <= set(names)
    assert names == sorted(names)


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_opens_with_its_command_and_has_a_description(name):
    """The first line is the command that runs it; what begins from a model is not for GTSRB, and scenes are not."""
    data = "GTSDB" if name == "detector" else "GTSRB"
    command = "--data MY_SIGNS --init best" if name == "fine-tune" else f"--data {data} --recipe {name}"
    assert recipe_text(name).startswith(f"# roadsigns train {command} --seed 0 ")
    assert load_recipe(name).description


def test_tutorial_has_the_tutorials_values():
    """SGD 0.01, momentum 0.9, Nesterov, decay 1e-6, a tenth every 10 epochs, batch 32, 30 epochs, nothing augmented."""
    recipe = load_recipe("tutorial")

    training = recipe.training
    assert (training.learning_rate, training.momentum, training.nesterov) == (0.01, 0.9, True)
    assert (training.decay_per_step, training.drop_factor, training.drop_every_epochs) == (1e-6, 0.1, 10)
    assert (training.batch_size, training.epochs, training.keep) == (32, 30, "best")
    assert (recipe.data.image_size, recipe.data.split) == (48, "group")
    assert recipe.augmentation == Augmentation()


def test_augmented_recipe_differs_in_its_augmentation_only():
    """The notebook's ranges, and otherwise the tutorial."""
    plain, augmented = load_recipe("tutorial"), load_recipe("tutorial-augmented")

    assert augmented.augmentation.model_dump(exclude_defaults=True) == {
        "rotation_degrees": 10,
        "shift": 0.1,
        "zoom": 0.2,
        "shear_degrees": 5.73,
    }
    assert (augmented.data, augmented.model, augmented.training) == (plain.data, plain.model, plain.training)
    assert augmented.drawing == plain.drawing


def test_recipes_train_on_real_images_unless_they_say_otherwise():
    """Of the package's own, none says otherwise: those of the tutorial are compared with it."""
    assert Recipe().data.train_on == "real"
    for name in ("tutorial", "tutorial-augmented"):
        assert load_recipe(name).data.train_on == "real"


def test_every_setting_of_drawn_signs_may_stand_in_a_recipe():
    """Beside how many tracks are drawn, of how many frames, of which templates."""
    drawing = load_recipe("tutorial").drawing

    assert isinstance(drawing, Drawing)
    assert set(type(drawing).model_fields) - set(Drawing.model_fields) == {"tracks", "frames", "templates"}
    assert Drawing(**drawing.model_dump(include=set(Drawing.model_fields))) == Drawing()
    for name, value in Drawing().model_dump().items():
        assert load_recipe("tutorial", [f"drawing.{name}={value}"]).drawing == drawing


def test_recipe_cannot_be_changed():
    """A recipe is what a run records; nothing may alter it later."""
    with pytest.raises(ValidationError, match="frozen"):
        load_recipe("tutorial").training.epochs = 5


@pytest.mark.parametrize(
    ("override", "table", "key", "value"),
    [
        ("training.epochs=5", "training", "epochs", 5),
        ("training.learning_rate=1e-3", "training", "learning_rate", 0.001),
        ("training.nesterov=false", "training", "nesterov", False),
        ("data.split=random", "data", "split", "random"),
        ('data.split="none"', "data", "split", "none"),
        (" augmentation.shift = 0.05", "augmentation", "shift", 0.05),
        ("data.train_on=both", "data", "train_on", "both"),
        ("drawing.tracks=20", "drawing", "tracks", 20),
        ("drawing.templates=my signs", "drawing", "templates", "my signs"),
        ("drawing.jpeg_probability=1", "drawing", "jpeg_probability", 1.0),
        ("drawing.margin_pixels=0", "drawing", "margin_pixels", 0),
    ],
)
def test_override_sets_one_value(override, table, key, value):
    """Values are read as TOML, or as text where they are not TOML; all others stay."""
    changed = load_recipe("tutorial", [override]).model_dump()
    expected = load_recipe("tutorial").model_dump()
    expected[table][key] = value

    assert changed == expected


def test_later_override_wins():
    assert load_recipe("tutorial", ["training.epochs=5", "training.epochs=7"]).training.epochs == 7


def test_top_level_value_is_overridden_without_a_table():
    """The description stands in no table."""
    assert load_recipe("tutorial", ["description=my own"]).description == "my own"


@pytest.mark.parametrize("override", ["training.epochs", "=5", "training.=5", ".epochs=5", ""])
def test_override_of_another_form_is_refused(override):
    """The form is told with an example."""
    with raises(RecipeError, expected="TABLE.KEY=VALUE"):
        load_recipe("tutorial", [override])


def test_override_inside_a_value_is_refused():
    """The description has nothing inside it."""
    with raises(RecipeError, problem="'description' is a value, not a table"):
        load_recipe("tutorial", ["description.length=5"])


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("[training]\nbatchsize = 32", "Unknown key 'training.batchsize' in mine.toml. Did you mean 'batch_size'?"),
        ("[trainin]\nepochs = 5", "Unknown key 'trainin' in mine.toml. Did you mean 'training'?"),
        ("[augmentation]\nrotation = 5", "Did you mean 'rotation_degrees'?"),
        ("[drawing]\nshadow = 0", "Unknown key 'drawing.shadow' in mine.toml. Did you mean 'shadow_probability'?"),
        ("[drawing]\nyaw_degree = 0", "Did you mean 'yaw_degrees'?"),
        ("[drawings]\ndirt = 0", "Unknown key 'drawings' in mine.toml. Did you mean 'drawing'?"),
    ],
)
def test_unknown_key_is_refused_with_a_suggestion(text, suggestion):
    """A typing mistake must not silently train with a default."""
    with pytest.raises(RecipeError) as error:
        parse_recipe(text, name="mine.toml")

    assert suggestion in str(error.value)
    assert "Known here: " in str(error.value)


def test_every_problem_is_named_at_once():
    """Two mistakes, one run."""
    with pytest.raises(RecipeError) as error:
        parse_recipe("[training]\nepochs = 0\nbatchsize = 1", name="mine.toml")

    assert "'training.epochs' in mine.toml is 0" in str(error.value)
    assert "Did you mean 'batch_size'?" in str(error.value)


@pytest.mark.parametrize(
    "override",
    [
        "training.epochs=0",
        "training.epochs=2.5",
        "training.epochs=many",
        'training.epochs="5"',
        "training.momentum=1.0",
        "training.keep=first",
        "data.split=tracks",
        "data.validation_fraction=0",
        "data.image_size=16",
        "augmentation.zoom=-0.1",
        "training.nesterov=1",
        "training=5",
        "data.train_on=drawings",
        "drawing.tracks=0",
        "drawing.frames=0",
        "drawing.dirt=1.5",
        "drawing.margin_pixels=2.5",
        "drawing.brightness_delta=0",
        "drawing.templates=5",
        "drawing.noise=nan",
    ],
)
def test_value_that_makes_no_sense_is_refused(override):
    """The message names key and value."""
    key = override.partition("=")[0]

    with raises(RecipeError, problem=f"'{key}' in tutorial is ") as raised:
        load_recipe("tutorial", [override])
    assert "Input should" not in raised.value.problem


def test_best_epoch_needs_every_epoch_validated():
    """The message names both values and two ways out."""
    with raises(RecipeError, problem="training.validate_every_epochs is 2"):
        load_recipe("tutorial", ["training.validate_every_epochs=2"])


def test_a_detector_keeps_its_last_epoch():
    """The threshold and the figures that stand with its model are of the last validation."""
    with raises(RecipeError, problem='training.keep is "best"'):
        load_recipe("detector", ["training.keep=best", "training.validate_every_epochs=1"])


def test_unknown_recipe_is_refused_with_a_suggestion():
    with raises(RecipeError, problem="Did you mean 'tutorial'?", expected="tutorial-augmented"):
        load_recipe("tutorail")


def test_file_that_is_no_recipe_is_named(tmp_path):
    """It is there, and its name is not that of a recipe."""
    (tmp_path / "a.zip").touch()

    with raises(RecipeError, problem="not a recipe", expected="ends in .toml", subject="a.zip"):
        load_recipe(str(tmp_path / "a.zip"))
    with raises(RecipeError, problem="There is no recipe"):
        load_recipe("x" * 5000)


def test_recipe_of_ones_own_is_read_from_its_path(tmp_path):
    """A path that ends in .toml is a file."""
    path = tmp_path / "mine.toml"
    path.write_text('description = "mine"\n[training]\nepochs = 3\n')

    assert load_recipe(str(path)) == Recipe(description="mine", training={"epochs": 3})


@pytest.mark.parametrize(
    ("content", "problem"), [(None, "cannot be read"), (b"\xff\xfe", "cannot be read"), (b"[training", "is not TOML")]
)
def test_recipe_file_that_is_missing_or_no_toml_is_refused(tmp_path, content, problem):
    """The path is in the message."""
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)

    with raises(RecipeError, problem=problem, subject="mine.toml"):
        load_recipe(str(path))


@pytest.mark.parametrize("name", recipe_names())
def test_recipe_survives_being_written_as_values(name):
    recipe = load_recipe(name)

    assert Recipe.model_validate(recipe.model_dump()) == recipe
    assert set(tomllib.loads(recipe_text(name))) <= set(recipe.model_dump())


def test_former_names_of_keys_still_load():
    """Run folders of version 0.1 hold them; what is written has today's."""
    recipe = parse_recipe("[augmentation]\ncovered = 0.2\n[drawing]\nlooseness = 0.1\ncast = 0.5\n", name="old")

    assert recipe.augmentation.occlusion_probability == 0.2
    assert (recipe.drawing.box_slack, recipe.drawing.color_cast) == (0.1, 0.5)
    assert "looseness" not in to_toml(recipe)


def test_an_override_by_a_former_name_wins_over_the_recipe():
    """Whichever of the two names each has."""
    assert load_recipe("best", ["drawing.fringe=1"]).drawing.chromatic_aberration == 1
    assert parse_recipe("[drawing]\ncast = 0.5\n", ["drawing.color_cast=0.1"], name="old").drawing.color_cast == 0.1


def test_every_key_is_described():
    """The reference of recipe keys is made of the descriptions."""
    for name, table in vars(Recipe()).items():
        if isinstance(table, Settings):
            assert all(field.description for field in type(table).model_fields.values()), name


def test_name_or_override_that_is_not_utf_8_is_refused():
    """A recipe is written as TOML, which is UTF-8."""
    with raises(RecipeError, problem="name of the recipe is not UTF-8", hint="Rename", subject=r"s\xfcd.toml"):
        load_recipe("s\udcfcd.toml")
    with raises(
        RecipeError, problem=r"The value of model.init is not UTF-8, which a recipe must be: s\xfcd.", hint="Rename"
    ):
        load_recipe("tutorial", ["model.init=s\udcfcd"])


def test_unknown_network_is_refused_with_those_that_there_are():
    """Before anything is read or drawn."""
    with raises(RecipeError, problem="'model.name' in tutorial is 'nope'. Expected 'tutorial', 'fast'"):
        load_recipe("tutorial", ["model.name=nope"])


@pytest.mark.parametrize("name", ["nope:", ":nope", "my module:nope"])
def test_own_function_is_a_module_and_a_name(name):
    with raises(RecipeError, problem="or a function of your own such as 'my_module:build'"):
        load_recipe("tutorial", [f"model.name={name}"])
    with raises(RecipeError, problem="Expected 'my_module:augment', a module and a function in it"):
        load_recipe("tutorial", [f"augmentation.function={name}"])


def test_own_network_has_no_width():
    """Its function gives it its channels."""
    assert load_recipe("fast", ["model.width=0.5"]).model.width == 0.5
    with raises(RecipeError, problem="model.width is 2.0, and model.name is 'mine:build'"):
        load_recipe("fast", ["model.width=2", "model.name=mine:build"])


def test_pipe_that_nobody_writes_to_is_not_waited_for(tmp_path):
    """Under a recipe's name."""
    os.mkfifo(tmp_path / "mine.toml")

    with raises(RecipeError, problem="it is a pipe or a device", hint="Check the path", subject="mine.toml"):
        load_recipe(str(tmp_path / "mine.toml"))
