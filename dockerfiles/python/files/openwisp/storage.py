"""Static files under the names of the manifest, which is part of the image."""

from pathlib import Path

from openwisp_utils.storage import CompressStaticFilesStorage

CUSTOM = Path("/opt/openwisp/custom-static")


class StaticStorage(CompressStaticFilesStorage):
    # A file that the manifest does not know must not break a page, or a mail, that mentions it.
    manifest_strict = False

    # Files for debuggers are not in the image, so what points to them is not followed.
    patterns = tuple(
        (glob, tuple(p for p in found if "sourceMappingURL" not in p[0]))
        for glob, found in CompressStaticFilesStorage.patterns
    )

    def stored_name(self, name):
        # The user's own (custom/static) win. The edge serves them under their plain names.
        if (CUSTOM / name).is_file():
            return name
        try:
            return super().stored_name(name)
        except (OSError, ValueError):
            return name
