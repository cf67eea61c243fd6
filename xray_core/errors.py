"""What can go wrong for a person using the project, in sentences they can act on.

An ``XrayError`` is shown as it stands: the page shows its text, the command line prints it and
exits with 2, batch scoring keeps it in the ``error`` column. Anything else is a bug.
"""


class XrayError(Exception):
    """Says what was expected, what arrived and what to do."""


class RadiographError(XrayError):
    """A file cannot be read as a radiograph."""


class DataError(XrayError):
    """A data source is missing, incomplete or not laid out as expected."""


class ModelError(XrayError):
    """A model folder is missing a file, or a file is not the one its card names."""


class UsageError(XrayError):
    """A command or setting was given a value it cannot take."""


class ClusterError(XrayError):
    """The machines that were to do the work are gone, or are not set up for it."""


class MissingPackageError(XrayError):
    """A package or system library is not installed that only some uses of the project need."""
