# SPDX-License-Identifier: Apache-2.0
"""A little TAXII 2.1 server of our own for tests, after the OASIS specification (discovery 4.1, API root 4.2, collections 5.1,
objects 5.4, paging 3.4, headers 3.1.2): real HTTP on loopback, with or without TLS, with basic or bearer sign-in."""
import base64
import http.server
import json
import threading
import urllib.parse

MEDIA = "application/taxii+json;version=2.1"


class Taxii(http.server.ThreadingHTTPServer):
    """collections: {id: {"title", "alias", "objects": [(added, object)]}}; page: how many objects an envelope holds."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self, status, body, **headers):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", MEDIA)
            self.send_header("Content-Length", str(len(data)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)

        def do_GET(self):
            s, url = self.server, urllib.parse.urlsplit(self.path)
            query = dict(urllib.parse.parse_qsl(url.query))
            s.asked.append((url.path, query, self.headers.get("Authorization")))
            if self.headers.get("Accept") != MEDIA:
                return self.answer(406, {"title": "Not Acceptable"})
            if s.authorization and self.headers.get("Authorization") != s.authorization:
                return self.answer(401, {"title": "Unauthorized"}, WWW_Authenticate=s.authorization.split()[0])
            if url.path == "/taxii2/":
                return self.answer(200, {"title": "Máy chủ thử", "default": s.root_url, "api_roots": [s.root_url]})
            if url.path == "/api1/":
                return self.answer(200, {"title": "Thử", "versions": [MEDIA], "max_content_length": 10485760})
            if url.path == "/api1/collections/":
                return self.answer(200, {"collections": [
                    {"id": i, "title": c["title"], "alias": c.get("alias", ""), "can_read": c.get("can_read", True), "can_write": False,
                     "media_types": ["application/stix+json;version=2.1"]} for i, c in s.collections.items()]})
            for i, c in s.collections.items():
                if url.path == f"/api1/collections/{i}/objects/":
                    return self.objects(c, query)
            return self.answer(404, {"title": "Not Found"})

        def objects(self, collection, query):
            s = self.server
            there = [o for o in collection["objects"] if o[0] > query.get("added_after", "")]
            start = int(query.get("next") or 0)
            page = there[start:start + min(s.page, int(query.get("limit", s.page)))]
            body = {"objects": [o for _, o in page]} if page else {}
            if s.endless:
                body = {"more": True, "objects": []}
            elif start + len(page) < len(there):
                body["more"] = True
                if s.with_next:
                    body["next"] = str(start + len(page))
            headers = {"X_TAXII_Date_Added_First": page[0][0], "X_TAXII_Date_Added_Last": page[-1][0]} if page else {}
            self.answer(200, body, **headers)

        def log_message(self, *_):
            pass

    def __init__(self, context=None, root="/api1/"):
        super().__init__(("127.0.0.1", 0), Taxii.Handler)
        self.collections, self.asked, self.authorization = {}, [], None
        self.page, self.with_next, self.endless = 3, True, False
        self.scheme = "https" if context else "http"
        self.root_url = root if root.startswith("http") else root and f"{self.scheme}://127.0.0.1:{self.server_address[1]}{root}"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass

    def url(self, path):
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}{path}"

    def basic(self, login, password):
        self.authorization = "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()


def indicator(number, address, **more):
    """An invented indicator of STIX 2.1."""
    return {"type": "indicator", "spec_version": "2.1", "id": f"indicator--00000000-0000-4000-8000-{number:012d}",
            "created": "2024-01-05T00:00:00.000Z", "modified": "2024-01-05T00:00:00.000Z", "pattern_type": "stix",
            "pattern": f"[ipv4-addr:value = '{address}']", "valid_from": "2024-01-05T00:00:00Z", **more}


def added(number):
    return f"2024-02-01T00:00:{number % 60:02d}.{number:06d}Z" if number < 60 else f"2024-02-02T00:{number // 60:02d}:{number % 60:02d}.000000Z"
