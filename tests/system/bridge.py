# SPDX-License-Identifier: Apache-2.0
"""Stands between an agent under wine and the centre, and shows the agent's certificate in its place: wine's Schannel signs
with RSA keys of an old key store only, the centre's certificates are P-256. All else goes through as it is: the agent checks this
server by the office's authority, and the centre sees the agent's own certificate."""
import http.client
import http.server
import os
import ssl
import subprocess
import threading


def server_certificate(centre, folder):
    """A server's certificate from the office's authority, with its chain; and its key."""
    keys = os.path.join(centre.folder, "data", "keys")
    key, request, chain = (os.path.join(folder, name) for name in ("bridge.key", "bridge.csr", "bridge.pem"))
    wishes = os.path.join(folder, "bridge.ext")
    with open(wishes, "w", encoding="ascii") as f:
        f.write("extendedKeyUsage=serverAuth\nsubjectAltName=IP:127.0.0.1\n")
    for words in (["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", request,
                   "-subj", "/CN=bridge"],
                  ["x509", "-req", "-in", request, "-CA", os.path.join(keys, "authority.pem"), "-CAkey",
                   os.path.join(keys, "authority.key"), "-set_serial", "77", "-days", "2", "-extfile", wishes, "-out", chain]):
        subprocess.run(["openssl", *words], check=True, capture_output=True)
    with open(chain, "a", encoding="ascii") as to, open(os.path.join(keys, "authority.pem"), encoding="ascii") as authority:
        to.write(authority.read())
    return chain, key


class Bridge:
    def __init__(self, centre, folder, state):
        self.centre, self.state = centre, state
        bridge = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                try:
                    status, kind, answer = bridge.ask(self.command, self.path, body)
                except (OSError, http.client.HTTPException):  # the centre hung up: so do we
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = handle_one

            def log_message(self, *_):
                pass

        chain, key = server_certificate(centre, folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.daemon_threads = True
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def ask(self, method, path, body):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(os.path.join(self.centre.folder, "data", "keys", "authority.pem"))
        if os.path.exists(os.path.join(self.state, "enrolment.json")):
            context.load_cert_chain(os.path.join(self.state, "certificate.pem"), os.path.join(self.state, "key.pem"))
        c = http.client.HTTPSConnection("127.0.0.1", self.centre.agents_port, context=context, timeout=60)
        try:
            c.request(method, path, body=body, headers={"Content-Type": "application/json"})
            r = c.getresponse()
            return r.status, r.getheader("Content-Type", "application/json"), r.read()
        finally:
            c.close()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
