# SPDX-License-Identifier: Apache-2.0
"""A publisher of lists for tests: a real web server on loopback, and lists of real-looking, invented content."""
import http.server
import threading


class Publisher(http.server.ThreadingHTTPServer):
    """Serves self.files {path: (etag, bytes)}; notes what it was asked."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.path = self.path.split("?")[0]
            self.server.asked.append((self.path, self.headers.get("If-None-Match")))
            if self.path == "/cut":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b"45.95.147.1\n")
                return
            if self.path == "/huge":
                self.send_response(200)
                self.send_header("Content-Length", str((64 << 20) + 1))
                self.end_headers()
                return
            if self.path in ("/to-file", "/loop"):
                self.send_response(302)
                self.send_header("Location", "file:///etc/hostname" if self.path == "/to-file" else "/loop")
                self.end_headers()
                return
            etag, body = self.server.files.get(self.path, (None, None))
            if body is None:
                self.send_error(404)
            elif etag == self.headers.get("If-None-Match"):
                self.send_response(304)
                self.end_headers()
            else:
                self.send_response(200)
                self.send_header("ETag", etag)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_):
            pass

    def __init__(self, context=None):
        super().__init__(("127.0.0.1", 0), Publisher.Handler)
        self.files, self.asked = {}, []
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass


def addresses(first, count):
    return "".join(f"45.95.{(first + i) // 250}.{(first + i) % 250 + 1}\n" for i in range(count)).encode()
