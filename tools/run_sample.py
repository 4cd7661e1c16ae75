#!/usr/bin/env python3
"""tools/run_sample.py --site URL --var FOLDER --centre PROGRAM STEP: what `make run` does in the office over its JSON API, as a person would in the page.

  import     the sample lists and the sample capture, through preview and import
  hello      prints the address, the user and the one-time password (as long as it holds)
  first-run  prints the address and the code of an empty office

The user and the one-time password are those that the centre printed at its first start (FOLDER/sample.out). An account with a
one-time password can do nothing but choose another: import chooses one that nobody knows, works, and has the administrator's
command make a new one-time password for the person.
SPDX-License-Identifier: Apache-2.0"""
import argparse
import http.cookiejar
import json
import os
import re
import secrets
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

TAG = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "vi"
ENGLISH = TAG.startswith(("en", "C", "POSIX"))  # the rule of the programs, src/base/language.c
PACK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "packs", "sample-district")
LISTS = [("botnet-2024-01.csv", "victim", "Danh sách mẫu 01/2024", "2024-01"), ("indicators.csv", "indicator", "Chỉ báo mẫu", "2024-01")]


def say(vi, en):
    print(en if ENGLISH else vi, flush=True)


def stop(vi, en):
    sys.exit("make run: " + (en if ENGLISH else vi))


class Office:
    def __init__(self, site):
        self.site = site
        self.csrf = None
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def ask(self, method, path, value=None, body=None):
        """(status, answer); a problem document is an answer too."""
        data = body if body is not None else json.dumps(value).encode() if value is not None else None
        request = urllib.request.Request(self.site + "/api/v1" + path, data=data, method=method)
        request.add_header("Content-Type", "application/octet-stream" if body is not None else "application/json")
        if self.csrf:
            request.add_header("X-CSRF-Token", self.csrf)
        try:
            with self.opener.open(request, timeout=120) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as problem:
            status, text = problem.code, problem.read()
        return status, json.loads(text) if text else None

    def must(self, method, path, value=None, body=None):
        status, answer = self.ask(method, path, value, body)
        if status >= 300:
            sys.exit(f"make run: {method} {path}: {why(status, answer)}")
        return answer

    def sign_in(self, login, password):
        self.csrf = self.must("POST", "/session", {"login": login, "password": password}).get("csrf")


def why(status, answer):
    """A problem document in one line."""
    return f"{status} {(answer or {}).get('detail') or (answer or {}).get('title')}"


def printed(var, file_name, *labels):
    """What the centre printed behind one of the labels, or None."""
    try:
        with open(os.path.join(var, file_name), encoding="utf-8") as file:
            found = re.findall(rf"^(?:{'|'.join(labels)}): *(\S+)$", file.read(), re.M)
    except FileNotFoundError:
        return None
    return found[-1] if found else None


def account(var):
    """(login, one-time password) out of what the centre printed at its first start."""
    login = printed(var, "sample.out", "Tài khoản", "User")
    password = printed(var, "sample.out", "Mật khẩu dùng một lần", "One-time password")
    if not login or not password:
        stop(f"{var}/sample.out không có tài khoản và mật khẩu dùng một lần",
             f"{var}/sample.out names no user and one-time password")
    return login, password


def read(*path):
    with open(os.path.join(PACK, *path), "rb") as file:
        return file.read()


def preview(office, name, kind, source):
    query = urllib.parse.urlencode({"name": name, "kind": kind, "source": source, "zone": 420 if kind == "victim" else 0})
    return office.must("POST", "/lists/preview?" + query, body=read("lists", name))


def import_list(office, name, kind, source, period):
    seen = preview(office, name, kind, source)
    status, answer = office.ask("POST", "/lists", {
        "upload": seen["upload"], "source": source, "kind": kind, "as": seen["format"],
        "zone_minutes": seen["zone_minutes"], "period": period, "letter": ""})
    if status == 409:
        say(f"  {name}: đã nhập từ trước", f"  {name}: already here")
        return
    if status >= 300:
        sys.exit(f"make run: {name}: {why(status, answer)}")
    counts = seen["counts"]
    findings, orders = answer.get("findings", 0), answer.get("orders", 0)
    say(f"  {name}: {counts['read']} dòng, {counts['good']} nhận, {counts['refused']} từ chối, {counts['warned']} để riêng; "
        f"{findings} phát hiện, {orders} máy phải rà soát trước",
        f"  {name}: {counts['read']} rows, {counts['good']} good, {counts['refused']} refused, {counts['warned']} kept out; "
        f"{findings} findings, {orders} machines to be swept first")


def import_all(office):
    for one in LISTS:
        import_list(office, *one)
    answer = office.must("POST", "/captures?name=sample-capture.pcap", body=read("sample-capture.pcap"))
    packets, matches = answer["packets"], len(answer["matches"])
    say(f"  sample-capture.pcap: {packets} gói tin, {matches} luồng chạm tới tên có trong danh sách",
        f"  sample-capture.pcap: {packets} packets, {matches} flows touch a listed name")


def hello(site, var, centre):
    login, password = account(var)
    status, _ = Office(site).ask("POST", "/session", {"login": login, "password": password})
    say(f"\n  {site}/\n  tài khoản  {login}", f"\n  {site}/\n  user      {login}")
    if status < 300:
        say(f"  mật khẩu   {password}  (dùng một lần: đăng nhập rồi tự đặt mật khẩu mới)",
            f"  password  {password}  (one-time: choose your own at the first sign-in)")
    else:
        reset = f"{centre} --data {var}/centre admin reset-password {login}"
        say(f"  mật khẩu   đã tự đặt (nếu quên: {reset})", f"  password  the one you chose (lost: {reset})")


def first_run(site, var):
    state = Office(site).must("GET", "/session")
    print(f"\n  {site}/", flush=True)
    if not state.get("first_run"):
        return
    code = printed(var, "centre.out", "Mã cài đặt lần đầu", "First-run code")
    say(f"  Cơ quan trống: trang đầu tiên hỏi mã này: {code}", f"  An empty office: its first page asks for this code: {code}")


def new_one_time_password(centre, var, login):
    made = subprocess.run([centre, "--data", os.path.join(var, "centre"), "admin", "reset-password", login],
                          capture_output=True, text=True, check=False)
    if made.returncode:
        stop(f"không tạo được mật khẩu dùng một lần: {made.stderr.strip()}",
             f"no one-time password could be made: {made.stderr.strip()}")
    with open(os.path.join(var, "sample.out"), "a", encoding="utf-8") as file:
        file.write(made.stdout)


def import_sample(args):
    office = Office(args.site)
    login, password = account(args.var)
    own = secrets.token_urlsafe(24)
    office.sign_in(login, password)
    office.must("POST", "/session/password", {"old": password, "new": own})
    try:
        import_all(office)
    finally:
        new_one_time_password(args.centre, args.var, login)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--site", required=True)
    parser.add_argument("--var", required=True)
    parser.add_argument("--centre", required=True)
    parser.add_argument("step", choices=["import", "hello", "first-run"])
    args = parser.parse_args()
    if args.step == "hello":
        return hello(args.site, args.var, args.centre)
    if args.step == "first-run":
        return first_run(args.site, args.var)
    return import_sample(args)


if __name__ == "__main__":
    sys.exit(main())
