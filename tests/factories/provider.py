"""A provider of single sign-on on this machine: a small server with a key of its own that signs what it is told to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from commongrid.config.env import WELL_KNOWN, SingleSignOn

CLIENT, SECRET, NAME = "commongrid", "provider-secret", "石阡政务"
KID = "test-key"
FOUND = 302


def new_key() -> rsa.RSAPrivateKey:
    """A key pair."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


KEY = new_key()


@dataclass
class Provider:
    """What the provider says, and what it was asked; change the fields to make it lie."""

    subject: str = "subject-1"
    claims: dict[str, Any] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    signs_with: rsa.RSAPrivateKey | str | None = None
    algorithm: str = "RS256"
    broken: str = ""
    """A path that answers nonsense."""
    challenge: str = ""
    asked: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Begin to answer."""
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer({})

            def do_POST(self) -> None:
                text = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer({name: values[0] for name, values in parse_qs(text).items()})

            def _answer(self, form: dict[str, str]) -> None:
                status, body = provider.answer(self.path, form)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                if status == FOUND:
                    self.send_header("Location", body.decode())
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_args: object) -> None:
        """End."""
        self.server.shutdown()
        self.server.server_close()

    @property
    def address(self) -> str:
        """The issuer."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def settings(self, *, second_factor: bool = False) -> SingleSignOn:
        """What the county's environment would say of it."""
        return SingleSignOn(issuer=self.address, client=CLIENT, secret=SECRET, name=NAME, second_factor=second_factor)

    def authorise(self, address: str) -> str:
        """What a browser brings back after signing in at an address of ours: the state; remembers the challenge."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert address.startswith(f"{self.address}/authorise?")
        assert (asked["client_id"], asked["response_type"], asked["scope"]) == (CLIENT, "code", "openid")
        assert asked["code_challenge_method"] == "S256"
        self.challenge = asked["code_challenge"]
        return asked["state"]

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        """Status and body."""
        self.asked.append(path)
        if path == self.broken:
            return 200, b"<html>"
        if path.startswith("/authorise?"):
            asked = parse_qs(urlsplit(path).query)
            state = self.authorise(f"{self.address}{path}")
            return FOUND, f"{asked['redirect_uri'][0]}?code=c-1&state={state}".encode()
        if path == WELL_KNOWN:
            return 200, json.dumps(self._about()).encode()
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return 200, json.dumps({"keys": [{**public, "kid": KID, "alg": "RS256", "use": "sig"}]}).encode()
        if path == "/token":
            digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            proven = base64.urlsafe_b64encode(digest).decode().rstrip("=") == self.challenge
            if not proven or (form["client_id"], form["client_secret"]) != (CLIENT, SECRET):
                return 400, b'{"error": "invalid_grant"}'
            return 200, json.dumps(
                {"access_token": "opaque", "token_type": "Bearer", "id_token": self._token()}
            ).encode()
        return 404, b"{}"

    def _about(self) -> dict[str, Any]:
        said = {
            "issuer": self.address, "authorization_endpoint": f"{self.address}/authorise",
            "token_endpoint": f"{self.address}/token", "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }  # fmt: skip
        return {**said, **self.config}

    def _token(self) -> str:
        now = int(time.time())
        said = {
            "iss": self.address, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300, "name": "蓝雀花",
            "email": "told@example.org",
        }  # fmt: skip
        key = KEY if self.signs_with is None else self.signs_with
        return jwt.encode({**said, **self.claims}, key, algorithm=self.algorithm, headers={"kid": KID})
