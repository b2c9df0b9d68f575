"""Django settings, from environment variables and the files in /run/secrets.

They are read from top to bottom; what stands in the user's own files comes last and wins.
"""

from .. import lazy

lazy.install()

from .base import *  # noqa: E402, F403
from .hosts import *  # noqa: E402, F403
from .stores import *  # noqa: E402, F403
from .files import *  # noqa: E402, F403
from .mail import *  # noqa: E402, F403
from .log import *  # noqa: E402, F403
from .modules import *  # noqa: E402, F403
from .celery import *  # noqa: E402, F403
from .custom import apply  # noqa: E402

apply(globals())
