"""Static files under the names of the manifest, which is part of the image."""

from pathlib import Path

from openwisp_utils.storage import CompressStaticFilesStorage

CUSTOM = Path("/opt/openwisp/custom-static")


class StaticStorage(CompressStaticFilesStorage):
    # A file that the manifest does not know must not break a page, or a mail, that mentions it.
    manifest_strict = False

    def stored_name(self, name):
        # The user's own (custom/static) win. The edge serves them under their plain names.
        if (CUSTOM / name).is_file():
            return name
        try:
            return super().stored_name(name)
        except (OSError, ValueError):
            return name
