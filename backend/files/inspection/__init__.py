"""What is this file, and may it be taken? Pure functions over bytes; the door is `inspect`."""

from backend.files.inspection.isolation import MAX_BYTES, InspectionBroke, inspect
from backend.files.inspection.kinds import SUPPORTED_TYPES
from backend.files.inspection.verdict import REFUSALS, Accepted, Refused, refused

__all__ = [
    "MAX_BYTES",
    "REFUSALS",
    "SUPPORTED_TYPES",
    "Accepted",
    "InspectionBroke",
    "Refused",
    "inspect",
    "refused",
]
