"""What a contact leaves behind when signing: drawn signatures and scans. Plain Python, no environment."""

import base64
import binascii
from io import BytesIO

from PIL import Image

DRAWING_FORMATS = ("PNG", "JPEG")
DRAWING_MAX_BYTES = 2 * 1024 * 1024
DRAWING_MAX_PIXELS = 4000 * 4000
SCAN_MAX_BYTES = 15 * 1024 * 1024
NAME_MAX_LENGTH = 100
OPINION_MAX_LENGTH = 4000
SCAN_STARTS = (b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")  # PDF, PNG, JPEG


def decode(data):
    """Decode base64 as browsers send it; anything else gives no bytes.

    >>> decode("YWJj"), decode(b"YWJj"), decode("no base64!"), decode(None)
    (b'abc', b'abc', b'', b'')
    """
    try:
        return base64.b64decode(data or b"", validate=True)
    except (binascii.Error, TypeError, ValueError):
        return b""


def is_drawn(data):
    """Whether base64 ``data`` is a picture with something drawn on it: an empty canvas is no signature.

    >>> def picture(*dots):
    ...     image = Image.new("RGBA", (9, 9), (255, 255, 255, 0))
    ...     for dot in dots:
    ...         image.putpixel(dot, (0, 0, 0, 255))
    ...     file = BytesIO()
    ...     image.save(file, "PNG")
    ...     return base64.b64encode(file.getvalue())
    >>> is_drawn(picture((3, 3))), is_drawn(picture()), is_drawn(b"YWJj"), is_drawn(None)
    (True, False, False, False)
    """
    content = decode(data)
    if not content or len(content) > DRAWING_MAX_BYTES:
        return False
    try:
        image = Image.open(BytesIO(content), formats=DRAWING_FORMATS)
        if image.width * image.height > DRAWING_MAX_PIXELS:
            return False
        # transparent ink is no ink: look at the picture as it appears on paper
        drawing = image.convert("RGBA")
        paper = Image.new("RGBA", drawing.size, "white")
        low, high = Image.alpha_composite(paper, drawing).convert("L").getextrema()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return low != high


def is_scan(data):
    """Whether base64 ``data`` is a PDF, PNG or JPEG file of a size that one would scan.

    >>> is_scan(base64.b64encode(b"%PDF-1.7")), is_scan(base64.b64encode(b"<svg/>")), is_scan(None)
    (True, False, False)
    """
    content = decode(data)
    return len(content) <= SCAN_MAX_BYTES and content.startswith(SCAN_STARTS)
