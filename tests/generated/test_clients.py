"""Other people's generators make clients of the description: each operation has its function, each refusal its type."""

import ast
import json
import re
from pathlib import Path

import pytest

from tests.generated.generators import DOCUMENT, python_client, run_tool, typescript_tools

OPERATIONS = {
    operation["operationId"]
    for path in json.loads(DOCUMENT.read_text())["paths"].values()
    for operation in path.values()
}
_STRICT = ["--strict", "--noEmit", "--skipLibCheck", "--target", "es2022", "--lib", "es2022,dom,dom.iterable"]
_STRICT += ["--module", "esnext", "--moduleResolution", "bundler"]


def test_openapi_python_client_makes_a_function_of_every_operation(tmp_path: Path) -> None:
    python_client(tmp_path)
    modules = {path.stem: path for path in (tmp_path / "lms_client" / "api").rglob("*.py") if path.stem != "__init__"}
    assert modules.keys() == {re.sub("([A-Z])", r"_\1", name).lower() for name in OPERATIONS}
    for path in modules.values():
        parsing = next(
            node
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.FunctionDef) and node.name == "_parse_response"
        )
        assert parsing.returns is not None
        assert "Refusal" in ast.unparse(parsing.returns), path.name


@pytest.fixture
def tools() -> Path:
    return typescript_tools()


def test_hey_api_makes_a_client_that_a_program_in_strict_typescript_can_use(tools: Path, tmp_path: Path) -> None:
    run_tool(tools, "@hey-api/openapi-ts/bin/run.js", "--input", str(DOCUMENT), "--output", str(tmp_path / "client"))
    made = (tmp_path / "client" / "sdk.gen.ts").read_text()
    assert set(re.findall(r"export const (\w+) =", made)) == OPERATIONS
    _check(
        tools,
        tmp_path,
        """
        import { enrollStudent, listPrograms, type Refusal } from './client';
        const { data, error } = await enrollStudent({ path: { courseId: 'x' }, body: {} });
        const refusal: Refusal | undefined = error;
        export const full: boolean = refusal?.type === 'urn:lms:problem:full';
        export const words: string | undefined = refusal?.detail ?? refusal?.message ?? data?.name ?? undefined;
        export const titles: string[] = (await listPrograms()).data?.items.map(program => program.title) ?? [];
        """,
    )


def test_openapi_typescript_makes_types_that_a_program_in_strict_typescript_can_use(
    tools: Path, tmp_path: Path
) -> None:
    run_tool(tools, "openapi-typescript/bin/cli.js", str(DOCUMENT), "--output", str(tmp_path / "lms.d.ts"))
    _check(
        tools,
        tmp_path,
        """
        import type { components, operations } from './lms';
        type Refusal = components['schemas']['Refusal'];
        type Conflict = operations['enrollStudent']['responses'][409]['content']['application/problem+json'];
        export const refusal: Refusal = { message: 'Unauthorized' } satisfies Conflict;
        export const release: components['schemas']['ReleaseMode'] = 'onClose';
        // @ts-expect-error: no such kind of question
        export const kind: components['schemas']['QuestionKind'] = 'riddle';
        """,
    )


def _check(tools: Path, folder: Path, program: str) -> None:
    (folder / "program.ts").write_text(program)
    run_tool(tools, "typescript/bin/tsc", *_STRICT, str(folder / "program.ts"))
