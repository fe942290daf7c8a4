"""What machines ask: every operation of docs/openapi.json answers as it is written there, and nothing else.

Schemathesis makes requests from the description, valid and not, and checks every
answer against it: no server error, no status, type, header or body that is not
documented.
"""

from __future__ import annotations

import functools
import json
import re
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as limits
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from commongrid.config.probes import watched
from commongrid.kernel.codes import slip_code
from tests.figures import Record
from tests.proof.world import World
from tests.sizes import size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


DESCRIPTION = Path(__file__).parents[2] / "docs" / "openapi.json"
PATHS = json.loads(DESCRIPTION.read_text(encoding="utf-8"))["paths"]
OPERATIONS = [(path, method) for path, item in PATHS.items() for method in item]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
READY = {"/readyz"}
"""Where 503 is an answer: it is documented, and true in a test without a worker."""


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The server's application, each request from an address of its own."""
    application.asked += 1  # type: ignore[attr-defined]
    n = application.asked  # type: ignore[attr-defined]
    answer: Iterable[bytes] = served()(
        {**environ, "REMOTE_ADDR": f"127.7.{n // 250 % 250}.{n % 250}", "HTTP_HOST": "localhost"}, start_response
    )
    return answer


application.asked = 0  # type: ignore[attr-defined]


@functools.cache
def served() -> Any:
    """The application behind its probes."""
    return watched(get_wsgi_application())


def schema() -> Any:
    """The description, over the application itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = schemathesis.openapi.from_dict(json.loads(DESCRIPTION.read_text(encoding="utf-8")))
    made.app = application
    return made


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_operation_answers_as_described(world: World, path: str, method: str, figure: Record) -> None:
    """Requests made from the description, checked against it."""
    asked: dict[int, int] = {}

    @limits(
        max_examples=size(12, 500),
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=schema()[path][method.upper()].as_strategy())
    def run(case: Any) -> None:
        response = case.call()
        asked[response.status_code] = asked.get(response.status_code, 0) + 1
        case.validate_response(response, checks=CHECKS[1:] if path in READY else CHECKS)

    run()
    figure("requests made from the API's description", asked=1, done=sum(asked.values()))
    figure("operations of the API, each described answer kept", asked=1, done=1)


@pytest.mark.filterwarnings("ignore")
def test_a_slip_and_the_metrics_answer_as_described(world: World) -> None:
    """The answers that chance does not find: a real code, the real token."""
    api = schema()
    slip = api["/s/{code}"]["GET"].Case(
        path_parameters={"code": slip_code(settings.KEYS.slip, next(iter(world.matters)))}
    )
    slip.headers = {"Accept": "application/json"}
    metrics = api["/metrics"]["GET"].Case(headers={"Authorization": f"Bearer {settings.KEYS.metrics}"})
    for case, statuses in ((slip, {200, 404}), (metrics, {200})):
        response = case.call()
        assert response.status_code in statuses
        case.validate_response(response, checks=CHECKS)


def test_every_probe_is_described() -> None:
    """The addresses before Django are all in the description."""
    import inspect

    from commongrid.config import probes

    source = inspect.getsource(probes.watched)
    assert {path for path in ("/livez", "/readyz", "/metrics") if path in source} <= set(PATHS)


def test_every_address_for_machines_is_described() -> None:
    """Whatever answers in something else than a page stands in the description."""
    addresses = {"/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", address) for address in addresses_of_all()}
    ours = {one for one in addresses if re.search(r"\.(json|csv|atom|ics)$|^/machine/", one)}
    assert len(ours) >= 5
    assert ours <= set(PATHS)


def addresses_of_all(patterns: Iterable[Any] | None = None, before: str = "") -> Iterator[str]:
    """Every address of the product, as its patterns write it."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        whole = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from addresses_of_all(one.url_patterns, whole)
        else:
            yield whole
