"""The command line that all benchmarks share."""

from argparse import ArgumentParser


def parser(description: str | None) -> ArgumentParser:
    """The options of a benchmark, which the first paragraph of its docstring describes."""
    options = ArgumentParser(description=(description or "").partition("\n\n")[0])
    options.add_argument(
        "--smoke", action="store_true", help="only see that it runs: a tiny size, in seconds"
    )
    return options
