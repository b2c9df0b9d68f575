"""Loads large libraries when they are used, instead of when a module of OpenWISP mentions them.

PDF files, topologies and WHOIS are rare, and each process would hold their libraries from its start: 40 MB, and a
quarter of the start's time. What is deferred works as before, but for its first use, which loads it.
"""

import importlib
import importlib.abc
import importlib.util
import sys
import types

# Modules, and what of them is imported by name: functions or classes that are only ever called.
DEFERRED = {
    "networkx": (),
    "geoip2.webservice": (),
    "weasyprint": ("HTML",),
}


class _Deferred(types.ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name):
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


class _Submodules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets "import PACKAGE.MODULE" load the package that a deferred one stands for."""

    def find_spec(self, name, path=None, target=None):
        package = sys.modules.get(name.rpartition(".")[0])
        if isinstance(package, _Deferred):
            return importlib.util.spec_from_loader(name, self)
        return None

    def create_module(self, spec):
        sys.modules[spec.name.rpartition(".")[0]].__getattr__("__name__")
        module = importlib.import_module(spec.name)
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module):
        module.__spec__ = module.__spec__.loader_state


def _call(module, name):
    def call(*args, **kwargs):
        return module.__getattr__(name)(*args, **kwargs)

    call.__name__ = name
    return call


def _defer(name, called):
    # Already there, or left out of an image of the user's own.
    if name in sys.modules or (spec := importlib.util.find_spec(name)) is None:
        return
    module = _Deferred(name)
    module.__spec__ = spec
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations
    for attribute in called:
        setattr(module, attribute, _call(module, attribute))
    sys.modules[name] = module


def _import_without(name, unwanted):
    """Imports a module as if a library that it only offers as an alternative were not installed."""
    if unwanted in sys.modules:
        return
    sys.modules[unwanted] = None
    try:
        importlib.import_module(name)
    finally:
        del sys.modules[unwanted]


def install():
    sys.meta_path.insert(0, _Submodules())
    for name, called in DEFERRED.items():
        _defer(name, called)
    _import_without("geopy.adapters", "aiohttp")
