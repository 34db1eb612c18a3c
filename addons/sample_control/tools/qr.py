"""QR codes as pictures that any PDF engine prints sharply, without drawing libraries."""

import base64

from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

#: light modules around the code, as the standard asks
QUIET_ZONE = 4


def qr_matrix(text):
    """Return the modules of the QR code of a text.

    :param str text: what the code holds
    :return: list of rows of booleans, True for dark
    """
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    size = code.getModuleCount()
    return [[code.isDark(row, column) for column in range(size)] for row in range(size)]


def qr_svg(text):
    """Return the QR code of a text as SVG, one unit a module.

    :param str text: what the code holds
    """
    rows = qr_matrix(text)
    size = len(rows) + 2 * QUIET_ZONE
    path = "".join(
        f"M{column + QUIET_ZONE} {row + QUIET_ZONE}h1v1h-1z"
        for row, modules in enumerate(rows)
        for column, dark in enumerate(modules)
        if dark
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size * 8}" height="{size * 8}" '
        f'viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
    )


def qr_data_uri(text):
    """Return the QR code of a text as the address of a picture.

    :param str text: what the code holds
    """
    encoded = base64.b64encode(qr_svg(text).encode()).decode()
    return f"data:image/svg+xml;base64,{encoded}"


def read_code(text):
    """Split what a scanner read: the number at the end of an address, and the company that counted it.

    :param str text: an address of a QR code, or a number that was typed
    :return: pair of the number and the id of the company, None when there is none

    >>> read_code("https://example.com/sample/YJ-1?company=2")
    ('YJ-1', 2)
    >>> read_code("https://example.com/sample/YJ-1/"), read_code("YJ-1")
    (('YJ-1', None), ('YJ-1', None))
    """
    address, __, company = text.partition("?company=")
    number = address.rstrip("/").rpartition("/")[2]
    return number, int(company) if company.isdecimal() else None
