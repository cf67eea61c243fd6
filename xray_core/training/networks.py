"""The networks: what they are made of, not how they are trained or run."""

from collections.abc import Sequence

import keras
import numpy as np
from keras import KerasTensor as Tensor
from keras import layers, ops

# repeats, kernel, stride, expansion, channels: EfficientNet-B0's stages without squeeze-excitation
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
MIX_CHANNELS = 256
# Layers are named as in the checkpoint of the ImageNet weights (less a leading underscore, which
# a SavedModel cannot have), so that the weights find them.


def _normalise(x: Tensor, name: str, relu: bool = True) -> Tensor:
    x = layers.BatchNormalization(momentum=0.99, epsilon=1e-3, name=name)(x)
    return layers.ReLU(6.0, name=f"{name}.relu6")(x) if relu else x


def _block(
    x: Tensor, name: str, *, kernel: int, stride: int, expansion: int, channels: int
) -> Tensor:
    """Inverted residual with a depthwise convolution (Sandler et al., CVPR 2018)."""
    shortcut = x
    if expansion > 1:
        wide = x.shape[-1] * expansion
        x = layers.Conv2D(wide, 1, use_bias=False, name=f"{name}._expand_conv")(x)
        x = _normalise(x, f"{name}._bn0")
    x = layers.DepthwiseConv2D(
        kernel, stride, padding="same", use_bias=False, name=f"{name}._depthwise_conv"
    )(x)
    x = _normalise(x, f"{name}._bn1")
    x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}._project_conv")(x)
    x = _normalise(x, f"{name}._bn2", relu=False)
    if stride == 1 and shortcut.shape[-1] == channels:
        x = layers.Add(name=f"{name}.add")([shortcut, x])
    return x


def efficientnet_lite0(x: Tensor, *, stages: int = 7, prefix: str = "") -> list[Tensor]:
    """EfficientNet-Lite0 up to a stage; return the output of each.

    Parameters
    ----------
    x : (batch, rows, columns, 1 or 3)
        (grey level - 127) / 128.
    stages : 1 to 7
        How many stages to build.
    prefix
        Of the layers' names.

    References
    ----------
    Tan and Le, ICML 2019; Lite variant: ReLU6, no squeeze-excitation, fixed stem and head.
    """
    x = layers.Conv2D(32, 3, 2, padding="same", use_bias=False, name=f"{prefix}conv_stem")(x)
    x = _normalise(x, f"{prefix}bn0")
    outputs, index = [], 0
    for repeats, kernel, stride, expansion, channels in STAGES[:stages]:
        for repeat in range(repeats):
            x = _block(
                x,
                f"{prefix}blocks.{index}",
                kernel=kernel,
                stride=stride if repeat == 0 else 1,
                expansion=expansion,
                channels=channels,
            )
            index += 1
        outputs.append(x)
    return outputs


def small_cnn(x: Tensor, channels: Sequence[int], *, prefix: str = "") -> Tensor:
    """Plain convolution blocks from scratch: the usual first network of a course."""
    for index, count in enumerate(channels):
        name = f"{prefix}conv{index}"
        x = layers.Conv2D(count, 3, padding="same", use_bias=False, name=name)(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"{prefix}norm{index}")(x)
        x = layers.ReLU(name=f"{prefix}relu{index}")(x)
        x = layers.MaxPooling2D(name=f"{prefix}pool{index}")(x)
    return x


def build_classifier(
    architecture: str,
    image_size: int,
    outputs: int,
    *,
    stages: int,
    dropout: float,
    channels: Sequence[int] = (16, 32, 64, 128),
    networks: int = 1,
) -> keras.Model:
    """A network from one view to its logits.

    Average pooling and a dense layer are linear, so they are written in the other order: a dense
    layer at each place, then the mean over the places. The logits are the same, and ``class_maps``
    shows what every place adds to them (Zhou et al., CVPR 2016); nothing comes from a bias, which
    there is not. The pretrained network joins its deep stage to the finer third one, as a feature
    pyramid does (Lin et al., CVPR 2017): places are an eighth of the view in pixels, 16 by 16 of a
    view of 128.

    Parameters
    ----------
    architecture : 'efficientnet_lite0' or 'small_cnn'
    image_size
        Rows and columns of the view.
    stages : 4 to 7
        See `efficientnet_lite0`.
    channels
        Of the small network's blocks, each of which halves the resolution.
    networks
        How many there are side by side, of which ``features`` joins the features: that is one
        network, too. The layers of each are named after its number; see `average_networks`.

    Returns
    -------
    From float32 (batch, rows, columns, 2), see `xray_core.inference.views`, of which only the grey
    level is seen, to logits (batch, outputs).
    """
    inputs = keras.Input((image_size, image_size, 2), name="view")
    grey = inputs[..., :1]
    prefixes = [f"{index}." for index in range(networks)] if networks > 1 else [""]
    found = [_features(grey, architecture, stages, channels, prefix) for prefix in prefixes]
    if networks > 1:
        x = layers.Concatenate(name="features")(found)
    else:
        x = layers.Activation("linear", name="features")(found[0])
    x = layers.Dropout(dropout, noise_shape=(None, 1, 1, x.shape[-1]), name="dropout")(x)
    x = layers.Conv2D(outputs, 1, use_bias=False, name="class_maps")(x)
    return keras.Model(inputs, layers.GlobalAveragePooling2D(name="logits")(x), name=architecture)


def _features(
    grey: Tensor, architecture: str, stages: int, channels: Sequence[int], prefix: str
) -> Tensor:
    if architecture == "efficientnet_lite0":
        _, _, eighth, *_, deep = efficientnet_lite0(grey, stages=stages, prefix=prefix)
        # a layer UpSampling2D becomes ops that LiteRT cannot run on several views at once
        x = ops.image.resize(deep, eighth.shape[1:3], interpolation="nearest")
        x = layers.Concatenate(name=f"{prefix}skip")([x, eighth])
        x = layers.Conv2D(MIX_CHANNELS, 1, use_bias=False, name=f"{prefix}mix")(x)
        return _normalise(x, f"{prefix}mix.norm")
    if architecture == "small_cnn":
        return small_cnn(grey, channels, prefix=prefix)
    raise ValueError(f"expected efficientnet_lite0 or small_cnn, got {architecture!r}")


def average_networks(trained: Sequence[keras.Model], joined: keras.Model) -> keras.Model:
    """Give a network of several, see `build_classifier`, the weights of those.

    Its logits and class maps are the means of theirs: the last layer is linear.
    """
    kernels = []
    for index, network in enumerate(trained):
        *body, kernel = (layer for layer in network.layers if layer.weights)
        for layer in body:
            joined.get_layer(f"{index}.{layer.name}").set_weights(layer.get_weights())
        kernels.append(kernel.get_weights()[0] / len(trained))
    joined.get_layer("class_maps").set_weights([np.concatenate(kernels, axis=2)])
    return joined


def part_networks(joined: keras.Model, parts: Sequence[keras.Model]) -> None:
    """Give networks the weights of a network of as many; see `average_networks`."""
    kernels = np.split(joined.get_layer("class_maps").get_weights()[0], len(parts), axis=2)
    for index, (network, kernel) in enumerate(zip(parts, kernels, strict=True)):
        prefix = f"{index}." if len(parts) > 1 else ""
        *body, last = (layer for layer in network.layers if layer.weights)
        for layer in body:
            layer.set_weights(joined.get_layer(f"{prefix}{layer.name}").get_weights())
        last.set_weights([kernel * len(parts)])


def build_segmenter(image_size: int) -> keras.Model:
    """A U-Net over the first five stages of EfficientNet-Lite0 (Ronneberger et al., MICCAI 2015).

    Returns
    -------
    From float32 (batch, rows, columns, 1), (grey level - 127) / 128, to lung logits
    (batch, rows / 2, columns / 2, 1).
    """
    inputs = keras.Input((image_size, image_size, 1), name="film")
    half, quarter, eighth, _, deep = efficientnet_lite0(inputs, stages=5)
    x = deep
    for skip, channels in ((eighth, 64), (quarter, 32), (half, 24)):
        name = f"decoder{channels}"
        x = layers.Conv2D(channels, 1, name=f"{name}.narrow")(x)
        x = layers.UpSampling2D(interpolation="bilinear", name=f"{name}.up")(x)
        x = layers.Concatenate(name=f"{name}.skip")([x, skip])
        x = layers.SeparableConv2D(channels, 3, padding="same", use_bias=False, name=f"{name}.mix")(
            x
        )
        x = _normalise(x, f"{name}.norm")
    return keras.Model(inputs, layers.Conv2D(1, 3, padding="same", name="lung")(x), name="lungs")
