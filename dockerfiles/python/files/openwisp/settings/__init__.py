"""Django settings, from environment variables and the files in /run/secrets.

They are read from top to bottom; what stands in the user's own files comes last and wins.
"""

import gc

from .. import lazy

# Nearly everything that is loaded now stays: looking for garbage meanwhile takes a sixth of the start. The last
# application to load switches it on again (see apps.py).
gc.disable()
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
