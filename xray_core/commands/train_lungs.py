"""Train the segmentation of the lungs."""

from dataclasses import fields

SUMMARY = "train the network that finds the lungs"


def configure(parser):
    parser.add_argument("--data", required=True, help="films in the Kaggle layout")
    parser.add_argument("--masks", required=True, help="their lung masks in the same layout")
    parser.add_argument("--adults", help="a folder with images/ and masks/ of adult films")
    parser.add_argument("--out", required=True, help="model folder to write")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--seed", type=int)


def run(arguments):
    from xray_core.train_lungs import LungTrainingConfig, train_lungs

    given = {
        field.name: getattr(arguments, field.name, None) for field in fields(LungTrainingConfig)
    }
    config = LungTrainingConfig(
        **{name: value for name, value in given.items() if value is not None}
    )
    card = train_lungs(arguments.data, arguments.masks, arguments.adults, arguments.out, config)
    for name, result in card["results"].items():
        print(f"{name}: mean Dice {result['dice_mean']:.4f} over {result['n']} films")
    return 0
