"""Other people's generators make clients of the description: each operation has its function, each refusal its type."""

import ast
import importlib
import json
import re
import sys
from pathlib import Path

import pytest
from httpx import Response

from operations.documents.examples import example
from tests.generated.generators import DOCUMENT, python_client, run_tool, typescript_tools

DESCRIPTION = json.loads(DOCUMENT.read_text())
OPERATIONS = {operation["operationId"] for path in DESCRIPTION["paths"].values() for operation in path.values()}
# Operations that answer in one of two forms, and the `view` by which each is known.
VIEWS = {
    "student.get_student": {"full": "StudentProfile", "summary": "StudentSummary"},
    "exam.get_attempt": {"student": "AttemptView", "teacher": "MarkedAttempt"},
    "exam.list_questions": {"withoutKeys": "QuestionPage", "withKeys": "QuestionPageWithKeys"},
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


def test_openapi_python_client_knows_the_form_of_an_answer_by_its_view(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python_client(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    package = importlib.import_module("lms_client")
    for operation, forms in VIEWS.items():
        module = importlib.import_module(f"lms_client.api.{operation}")
        for view, name in forms.items():
            answer = example({"$ref": f"#/components/schemas/{name}"}, DESCRIPTION["components"]["schemas"])
            parsed = module._parse_response(client=package.Client("http://lms"), response=Response(200, json=answer))
            assert type(parsed).__name__ == name
            with pytest.raises(ValueError, match="view must match"):
                type(parsed).from_dict(answer | {"view": f"not {view}"})
    for name in [name for name in sys.modules if name.partition(".")[0] == "lms_client"]:
        del sys.modules[name]


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
        import { enrollStudent, getAttempt, listPrograms, type Refusal } from './client';
        const { data, error } = await enrollStudent({ path: { courseId: 'x' }, body: {} });
        const refusal: Refusal | undefined = error;
        export const full: boolean = refusal?.type === 'urn:lms:problem:full';
        export const words: string | undefined = refusal?.detail ?? refusal?.message ?? data?.name ?? undefined;
        export const titles: string[] = (await listPrograms()).data?.items.map(program => program.title) ?? [];
        const { data: attempt } = await getAttempt({ path: { attemptId: 'x' } });
        export const asked: number = attempt?.view === 'student' ? attempt.questions.length : 0;
        // @ts-expect-error: teachers see marks, not questions
        export const marked: number = attempt?.view === 'teacher' ? attempt.questions.length : 0;
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
        type Student = operations['getStudent']['responses'][200]['content']['application/json'];
        export const city = (student: Student) => student.view === 'full' ? student.city : null;
        // @ts-expect-error: teachers see no more than a summary
        export const noCity = (student: Student) => student.view === 'summary' ? student.city : null;
        // @ts-expect-error: no such kind of question
        export const kind: components['schemas']['QuestionKind'] = 'riddle';
        """,
    )


def _check(tools: Path, folder: Path, program: str) -> None:
    (folder / "program.ts").write_text(program)
    run_tool(tools, "typescript/bin/tsc", *_STRICT, str(folder / "program.ts"))
