"""Files and functions stay small enough to be read in one go."""

import ast
from pathlib import Path

from tests.house.files import project_files

SOURCE_LINES = 400
TEST_LINES = 600
FUNCTION_LINES = 40


def python_files() -> list[Path]:
    # A migration is written by a program, and read by one.
    return [path for path in project_files(".py") if "migrations" not in path.parts]


def function_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of its body, decorators and signature included, its docstring not."""
    first = function.body[0]
    has_docstring = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    docstring = (first.end_lineno or 0) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_no_file_is_too_long():
    too_long = []
    for path in python_files():
        lines = len(path.read_text().splitlines())
        if lines > (TEST_LINES if path.parts[0] == "tests" else SOURCE_LINES):
            too_long.append(f"{path}: {lines} lines")
    assert not too_long, "split these by what they are about: " + "; ".join(too_long)


def test_no_function_is_too_long():
    too_long = [
        f"{path}:{node.lineno} {node.name}: {function_lines(node)} lines"
        for path in python_files()
        if path.parts[0] != "tests"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and function_lines(node) > FUNCTION_LINES
    ]
    assert not too_long, "split these into steps with names: " + "; ".join(too_long)
