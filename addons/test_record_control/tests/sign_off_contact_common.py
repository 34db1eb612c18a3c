import base64
import re
from io import BytesIO

from PIL import Image, ImageDraw

from odoo import fields

from .sign_off_common import SignOffCommon

SCAN = base64.b64encode(b"%PDF-1.7 signed by hand")


def draw(stroke=True):
    """A drawn signature as the widget sends it; without a stroke, an empty canvas."""
    image = Image.new("RGBA", (60, 20), (255, 255, 255, 0))
    if stroke:
        ImageDraw.Draw(image).line((5, 15, 50, 4), fill=(0, 0, 0, 255), width=2)
    file = BytesIO()
    image.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


DRAWN = draw()


class SignOffContactCommon(SignOffCommon):
    """A salesperson asks, a contact of the customer signs, then a manager of ours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.seller.lang = "en_US"
        cls.customer = cls.env["res.partner"].create(
            {"name": "Big Customer", "is_company": True}
        )
        cls.contact, cls.colleague = cls.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": cls.customer.id,
                    "lang": "en_US",
                    "email": f"{name.split()[0].lower()}@customer.example.com",
                }
                for name in ("Li Lei", "Han Meimei")
            ]
        )
        cls.outsider = cls.env["res.partner"].create(
            {
                "name": "Somebody Else",
                "email": "else@other.example.com",
                "lang": "en_US",
            }
        )
        cls.partner = cls.contact
        cls.route.action_archive()
        cls.route = cls._create_route(
            [
                {"name": "制表", "signer_type": "requester", "sequence": 10},
                {
                    "name": "顾客",
                    "signer_type": "contact",
                    "contact_role": "customer",
                    "sequence": 20,
                },
                {
                    "name": "经理",
                    "signer_type": "group",
                    "group_id": cls.group.id,
                    "sequence": 30,
                },
            ]
        )

    @classmethod
    def _create_open_order(cls, **values):
        order = cls._create_order(**values)
        order.action_request_sign_off()
        return order

    @classmethod
    def _get_step(cls, order, title="顾客"):
        steps = order.sudo().sign_off_request_id.step_ids
        return steps.filtered(lambda step: step.name == title)

    @classmethod
    def _get_mails(cls, address="li@customer.example.com"):
        domain = [("email_to", "ilike", address)]
        return cls.env["mail.mail"].search(domain, order="id")

    @classmethod
    def _get_link(cls, address="li@customer.example.com"):
        """The key and the secret of the latest link that was mailed to the address."""
        body = cls._get_mails(address)[-1].body_html
        return re.search(r"/my/sign_off/([\w-]+)\?access_token=([\w-]+)", body).groups()

    @classmethod
    def _sign_contact(cls, order, user=None, way="tablet", **values):
        """Enter the signature of the contact in the window, as a user of ours."""
        action = order.with_user(user or cls.seller).action_sign_off_contact()
        wizard = (
            cls.env[action["res_model"]]
            .with_user(user or cls.seller)
            .browse(action["res_id"])
        )
        evidence = {
            "tablet": {"signature": DRAWN},
            "paper": {
                "attachment": SCAN,
                "attachment_name": "card.pdf",
                "date_signed": fields.Date.today(),
            },
        }
        wizard.write({"way": way, **evidence.get(way, {}), **values})
        return wizard.action_confirm()
