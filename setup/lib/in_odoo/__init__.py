"""Code that runs inside Odoo's Python: it may use Odoo and its libraries."""
