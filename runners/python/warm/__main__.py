# Starts the warm runner: keeps the protocol's descriptors to itself, then hands over to the server.
import importlib.util
import os
import sys

PRIVATE_NAME = "_swemint_warm"


def load_privately(name, path, folders=None):
    """Imports a file under a chosen name without making its folder importable."""
    spec = importlib.util.spec_from_file_location(name, path, submodule_search_locations=folders)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    above = os.path.dirname(here)
    sys.path[:] = [p for p in sys.path if p and os.path.abspath(p) not in (here, above)]
    load_privately(PRIVATE_NAME, os.path.join(here, "__init__.py"), [here])
    load_privately("swemint_report", os.path.join(above, "swemint_report.py"))
    for framework in ("swemint_pytest", "swemint_unittest"):
        load_privately(framework, os.path.join(above, framework + ".py"))
    server = importlib.import_module(PRIVATE_NAME + ".server")
    server.main()


if __name__ == "__main__":
    main()
