"""Django settings, from environment variables and the files in /run/secrets.

They are read from top to bottom; what stands in the user's own files comes last and wins.
"""

from .base import *  # noqa: F403
from .hosts import *  # noqa: F403
from .stores import *  # noqa: F403
from .files import *  # noqa: F403
from .mail import *  # noqa: F403
from .log import *  # noqa: F403
from .modules import *  # noqa: F403
from .celery import *  # noqa: F403
from .custom import apply

apply(globals())
