def uninstall_hook(env):
    """Remove the number sequences that companies and new sample types got while the addon was in use."""
    env["ir.sequence"].search(
        [
            "|",
            ("code", "=like", "sample.sample%"),
            ("code", "in", ("sample.request", "sample.issue")),
        ]
    ).unlink()
