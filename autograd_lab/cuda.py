"""`autograd_lab.cuda`: there is none, and programs that ask are told so."""


def is_available() -> bool:
    """Return False: tensors are on the CPU."""
    return False


def device_count() -> int:
    """Return 0."""
    return 0


__all__ = ["device_count", "is_available"]
