"""Django settings, from environment variables and the files in /run/secrets.

They are read from top to bottom; what stands in the user's own files comes last and wins.
"""

import gc

from .. import lazy

# Nearly everything that is loaded now stays: looking for garbage meanwhile takes a sixth of the start. The last
# application to load switches it on again (see apps.py).
gc.disable()
lazy.install()

from .base import *
from .hosts import *
from .stores import *
from .files import *
from .mail import *
from .log import *
from .modules import *
from .identity import *
from .directory import *
from .celery import *
from .custom import apply

apply(globals())
