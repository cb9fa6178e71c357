"""Speak with a triple store over HTTP: SPARQL 1.1 Protocol and Graph Store Protocol, with login, retries and clear errors.

Names and passwords come from the environment or a netrc file and stand in no message, address or list of processes.
"""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from kg.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import Response, Session
    from requests.auth import AuthBase

#: Seconds before each further try.
WAITS = (0.5, 1.0, 2.0, 4.0, 8.0)
#: Answers of a server that did nothing yet; and those after which nobody knows.
_BUSY = frozenset({429, 503})
_LATER = _BUSY | {502, 504}
_REFUSED = frozenset({401, 403})
_LONGEST_WAIT = 60.0
_JSON = "application/sparql-results+json"
_NO_LOGIN = "set KG_USER and KG_PASSWORD (or KG_TOKEN), or write the machine into a netrc file"


class ServerError(UsageError):
    """Report what a server answered.

    Args:
        status: HTTP status, 0 if there was no answer.
    """

    def __init__(self, where: str, what: str, hint: str = "", *, status: int = 0) -> None:
        super().__init__(where, what, hint)
        self.status = status


@dataclass(frozen=True)
class Addresses:
    """Hold where a server takes queries, updates and graphs; ``graphs`` is empty where it has no Graph Store Protocol."""

    query: str
    update: str
    graphs: str


@dataclass
class Server:
    """Hold a triple store that runs somewhere.

    Attributes:
        at: Its addresses.
        user: Name to log in with; empty for the environment's or netrc's, or none.
        timeout: Seconds to wait for one answer.
        most_rows: How many rows the server gives at most, as it said with its last answer; 0 where it did not say.
    """

    at: Addresses
    user: str = ""
    timeout: float = 120.0
    most_rows: int = 0
    _session: Session | None = field(default=None, repr=False)
    _auth: dict[str, AuthBase] = field(default_factory=dict, repr=False)

    def query(self, text: str, *, default_graph: str = "", form: str = _JSON) -> str:
        """Run a query and return the answer's text.

        Args:
            text: SPARQL.
            default_graph: IRI of the graph to ask; the server's own default graph if empty.
            form: Media type to ask for.

        Raises:
            ServerError: There is no answer, a refusal, or only a part of the answer.
        """
        data = {"query": text}
        if default_graph:
            data["default-graph-uri"] = default_graph
        answer = self._send("POST", self.at.query, data=data, headers={"Accept": form})
        if "X-SQL-State" in answer.headers:  # Virtuoso sends what it has when its time is up, with status 200
            message = answer.headers.get("X-SQL-Message", "")[:200]
            raise ServerError(
                shown(self.at.query), f"gave a part of the answer only ({message})", "raise the server's time limit", status=200
            )
        most = answer.headers.get("X-SPARQL-MaxRows", "")
        self.most_rows = int(most) if most.isdecimal() else 0
        return answer.content.decode("utf-8", "replace")

    def select(self, text: str) -> list[dict[str, str]]:
        """Run SELECT and return its rows as values by variable.

        Raises:
            ServerError: As :meth:`query`, or the answer is none.
        """
        body = self.query(text)
        try:
            rows = json.loads(body)["results"]["bindings"]
            return [{name: term["value"] for name, term in row.items()} for row in rows]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ServerError(shown(self.at.query), f"is no SPARQL endpoint (it answered {body[:60]!r})", "check the address") from error

    def update(self, text: str, *, once: bool = False) -> None:
        """Run a SPARQL update.

        Args:
            text: The update.
            once: Do not try again when nobody knows whether it was done.

        Raises:
            ServerError: It was refused or failed.
        """
        self._send("POST", self.at.update, data={"update": text}, headers={"Accept": "*/*"}, once=once)

    def put(self, graph: str, data: bytes) -> None:
        """Fill an empty graph with Turtle, through the Graph Store Protocol.

        Raises:
            ServerError: It was refused or failed.
        """
        where = self.at.graphs
        if where not in self._auth:  # a login asked for in the middle of a long upload breaks it
            try:
                self._send("GET", where, params={"graph": "urn:x-kg:none"}, headers={"Accept": "text/turtle"})
            except ServerError as error:
                if error.status in _REFUSED or not error.status:
                    raise
        # Oxigraph has a bulk loader behind a word of its own, twice as fast; the graph is counted afterwards in any case.
        method, more = ("POST", {"no_transaction": ""}) if urlsplit(where).path == "/store" else ("PUT", {})
        self._send(method, where, params={"graph": graph, **more}, data=data, headers={"Content-Type": "text/turtle; charset=utf-8"})

    def _send(self, method: str, url: str, *, once: bool = False, **how: Any) -> Response:
        """Send a request until it is answered, with a longer wait each time.

        Raises:
            ServerError: No answer in the end, or an answer that is an error.
        """
        import requests

        failure = ServerError(shown(url), "was not asked")
        for wait in (*WAITS, None):
            pause = wait
            try:
                answer = self._ask(method, url, how)
            except requests.exceptions.RequestException as error:
                failure = _unreachable(url, error)
                if once:
                    break
            else:
                if answer.status_code < 300:  # noqa: PLR2004 - success
                    return answer
                failure = _refusal(url, answer)
                if answer.status_code not in (_BUSY if once else _LATER):
                    raise failure
                if wait is not None and answer.headers.get("Retry-After", "").isdecimal():
                    pause = min(max(wait, float(answer.headers["Retry-After"])), _LONGEST_WAIT)
            if pause is not None:
                time.sleep(pause)
        raise failure

    def _ask(self, method: str, url: str, how: Mapping[str, Any]) -> Response:
        session = self._session or self._open()
        answer = session.request(method, url, auth=self._auth.get(url), timeout=self.timeout, allow_redirects=method == "GET", **how)
        if answer.status_code == 401 and url not in self._auth:  # noqa: PLR2004 - login wanted
            login = _login(url, self.user, answer.headers.get("WWW-Authenticate", ""))
            if login is not None:
                self._auth[url] = login
                answer = session.request(method, url, auth=login, timeout=self.timeout, allow_redirects=method == "GET", **how)
        return answer

    def _open(self) -> Session:
        requests = _requests()
        session: Session = requests.Session()
        session.trust_env = False  # else it would send netrc's password without being asked
        session.proxies.update(requests.utils.get_environ_proxies(self.at.query))
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        if token := os.environ.get("KG_TOKEN"):
            session.headers["Authorization"] = f"Bearer {token}"
        self._session = session
        return session


def connect(endpoint: str, *, update: str = "", graphs: str = "", user: str = "", timeout: float = 120.0) -> Server:
    """Find a server's addresses from that of its queries, and see that it answers.

    Args:
        endpoint: Where it takes queries.
        update: Where it takes updates, if it cannot be told from the endpoint.
        graphs: Where it speaks the Graph Store Protocol; ``none`` if it does not.
        user: Name to log in with.
        timeout: Seconds to wait for one answer.

    Raises:
        UsageError: An address is none or holds a password, or ``requests`` is not installed.
        ServerError: The server cannot be reached, refuses the login, or is no SPARQL endpoint.
    """
    for each in (endpoint, update, graphs):
        _check_address(each)
    _requests()
    user = user or os.environ.get("KG_USER", "")
    server = Server(Addresses(endpoint, update, graphs), user, timeout)
    server.select("SELECT ?s { ?s ?p ?o } LIMIT 1")  # not ASK: Virtuoso answers that in a form of its own
    found = addresses(endpoint)
    server.at = Addresses(endpoint, update or found.update, "" if graphs == "none" else graphs or found.graphs)
    return server


def addresses(endpoint: str) -> Addresses:
    """Return where the servers that are known by the form of their address take updates and graphs.

    >>> addresses("http://127.0.0.1:8890/sparql").graphs
    'http://127.0.0.1:8890/sparql-graph-crud-auth'
    >>> addresses("http://127.0.0.1:3030/data/sparql").update
    'http://127.0.0.1:3030/data/update'
    """
    parts = urlsplit(endpoint)
    path = parts.path.rstrip("/")
    if re.fullmatch(r".*/repositories/[^/]+", path):  # GraphDB, RDF4J
        update, graphs = f"{path}/statements", f"{path}/rdf-graphs/service"
    elif path == "/query":  # Oxigraph
        update, graphs = "/update", "/store"
    elif path == "/sparql":  # Virtuoso
        update, graphs = "/sparql-auth", "/sparql-graph-crud-auth"
    elif re.fullmatch(r"/.+/(query|sparql)", path):  # Fuseki
        dataset = path.rpartition("/")[0]
        update, graphs = f"{dataset}/update", f"{dataset}/data"
    else:  # QLever, and whoever has one address for all
        update = graphs = parts.path
    return Addresses(endpoint, *(urlunsplit((parts.scheme, parts.netloc, each, "", "")) for each in (update, graphs)))


def shown(url: str) -> str:
    """Return an address without anything that could be secret in it."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _check_address(url: str) -> None:
    if url in {"", "none"}:
        return
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(shown(url) or "address", "is no http or https address", "write for instance http://127.0.0.1:7878/query")
    if "@" in parts.netloc:
        raise UsageError(shown(url), "the address holds a name or password, which every list of processes shows", _NO_LOGIN)


def _requests() -> Any:
    try:
        import requests
    except ImportError as error:
        raise UsageError("kg", "needs the package requests to speak with a server", "pip install 'policy-measure-kg[remote]'") from error
    return requests


def _login(url: str, user: str, challenge: str) -> AuthBase | None:
    """Return the answer to a server's demand for a login, None where nobody gave us a name and password.

    Raises:
        UsageError: There is a name and no password.
    """
    from requests.auth import HTTPBasicAuth, HTTPDigestAuth
    from requests.utils import get_netrc_auth

    name, password = user, os.environ.get("KG_PASSWORD", "")
    if not (name and password):
        found = get_netrc_auth(url) or ("", "")
        if found[0] and name in {"", found[0]}:
            name, password = found
    if not password:
        if name:
            raise UsageError(shown(url), f"asks for the password of {name}", _NO_LOGIN)
        return None
    return HTTPDigestAuth(name, password) if "digest" in challenge.lower() else HTTPBasicAuth(name.encode(), password.encode())


def _unreachable(url: str, error: Exception) -> ServerError:
    import requests

    if isinstance(error, requests.exceptions.Timeout):
        return ServerError(shown(url), "gave no answer in time", "raise --timeout, or see what the server is doing")
    if isinstance(error, requests.exceptions.SSLError):
        return ServerError(
            shown(url), "has no certificate that this machine trusts", "set REQUESTS_CA_BUNDLE, or use http on your own machine"
        )
    text = str(error)
    reasons = {"refused": "the connection was refused", "resolve": "there is no such host", "Name or service": "there is no such host"}
    reason = next((words for sign, words in reasons.items() if sign in text), "the connection broke")
    return ServerError(shown(url), f"cannot be reached: {reason}", "is the server running, and the address right?")


def _refusal(url: str, answer: Response) -> ServerError:
    status = answer.status_code
    if status in _REFUSED:
        return ServerError(shown(url), f"refused the login (status {status})", _NO_LOGIN, status=status)
    words = re.sub(r"<[^>]*>", " ", answer.content[:2000].decode("utf-8", "replace"))
    told = " ".join("".join(sign if sign.isprintable() else " " for sign in words).split())[:300]
    hint = "check the address: is this where the server takes it?" if status in {404, 405, 301, 302, 307, 308} else ""
    return ServerError(shown(url), f"answered with status {status}" + (f" ({told})" if told else ""), hint, status=status)
