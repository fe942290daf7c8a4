"""The command line: one file per command, listed in `CATALOGUE`.

A command's file has three names and imports nothing heavy before `run` is called, so that `--help` is quick:

    HELP = "One line: what it does."
    def arguments(parser: argparse.ArgumentParser) -> None: ...
    def run(args: argparse.Namespace) -> int: ...          # 0 done, 1 refused or problems found

`run` opens the county with `with county_open():` (`commands.opening`), which starts the bundled database where it is
not running, prepares the schema where needed and loads Django as the app role. It prints results on standard output
(with `--json` only JSON) and what a person should know on standard error. A `Refusal` that leaves `run` is printed in
the reader's language and ends with exit code 1.
"""

CATALOGUE: tuple[tuple[str, str], ...] = (
    ("up", "up"),
    ("demo", "demo"),
    ("import places", "import_places"),
    ("import matters", "import_matters"),
    ("figures loop", "figures_loop"),
    ("sign-in", "sign_in"),
    ("powers", "powers"),
    ("verify", "verify"),
    ("rotate-keys", "rotate_keys"),
    ("erasures", "erasures"),
    ("backup", "backup"),
    ("restore", "restore"),
    ("doctor", "doctor"),
    ("down", "down"),
    ("provision", "provision"),
    ("worker", "worker"),
)
"""Words of the command, and its module in this package."""
