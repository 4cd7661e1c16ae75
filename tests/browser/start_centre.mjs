// Starts the built centre with the sample district in a folder of its own on loopback, sets the first password, and
// then runs a command against it:  node tests/browser/start_centre.mjs --centre build/run/src/centre/canh-centre
// [--agent build/run/src/agent/canh-agent] [-- node --test tests/browser].
// Without a command it prints the environment and stays until it is ended. SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const PASSWORD = "thu-nghiem-tren-may-nay";
const START_SECONDS = 30;

function option(name, ...usual) {
  const at = process.argv.indexOf("--" + name);
  const given = at > 0 ? process.argv[at + 1] : undefined;
  return given ?? usual.map((path) => join(root, path)).find((path) => existsSync(path));
}

const freePort = () => new Promise((done, fail) => {
  const probe = createServer();
  probe.on("error", fail);
  probe.listen(0, "127.0.0.1", () => {
    const { port } = probe.address();
    probe.close(() => done(port));
  });
});

async function waitFor(url, alive) {
  for (let tries = 0; tries < START_SECONDS * 5; tries++) {
    if (!alive()) throw new Error("the centre ended at its start");
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      /* not yet */
    }
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error("the centre does not answer at " + url);
}

const printed = (text, ...labels) => new RegExp(`^(?:${labels.join("|")}): *(\\S+)$`, "m").exec(text)?.[1];

/** Signs in with what the centre printed and sets the password that the tests use. */
async function firstPassword(url, login, password) {
  const ask = async (path, body, headers = {}) => {
    const answer = await fetch(url + "/api/v1" + path, {
      method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...headers },
    });
    if (!answer.ok) throw new Error(path + ": " + answer.status + " " + (await answer.text()));
    return answer;
  };
  const signedIn = await ask("/session", { login, password });
  const cookie = signedIn.headers.getSetCookie().map((one) => one.split(";")[0]).join("; ");
  const { csrf } = await signedIn.json();
  await ask("/session/password", { old: password, new: PASSWORD }, { Cookie: cookie, "X-CSRF-Token": csrf });
}

async function main() {
  const centre = option("centre", "build/run/src/centre/canh-centre", "build/test/src/centre/canh-centre", "build/src/centre/canh-centre");
  const agent = option("agent", "build/run/src/agent/canh-agent", "build/test/src/agent/canh-agent", "build/src/agent/canh-agent");
  if (!centre || !existsSync(centre)) {
    console.error("start_centre: canh-centre is not built; browser tests are left out");
    return 77; // what Meson counts as skipped
  }
  const folder = mkdtempSync(join(tmpdir(), "canh-browser-"));
  const [port, agents] = [await freePort(), await freePort()];
  const url = "http://127.0.0.1:" + port;
  const child = spawn(centre, ["--data", join(folder, "centre"), "--packs", join(root, "packs"), "--listen", "127.0.0.1:" + port,
    "--agents", "127.0.0.1:" + agents, "--sample", join(root, "packs/sample-district")], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (bytes) => (said += bytes));
  const end = () => {
    child.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await waitFor(url + "/api/v1/session", () => child.exitCode === null);
    const login = printed(said, "Tài khoản", "User");
    const password = printed(said, "Mật khẩu dùng một lần", "One-time password");
    if (!login || !password) throw new Error("the centre printed no user and one-time password:\n" + said);
    await firstPassword(url, login, password);
    const env = { CANH_URL: url, CANH_LOGIN: login, CANH_PASSWORD: PASSWORD, CANH_AGENTS: "https://127.0.0.1:" + agents,
      CANH_STATE: join(folder, "agent"), ...(agent && existsSync(agent) ? { CANH_AGENT: agent } : {}) };
    return await carryOut(env);
  } finally {
    end();
  }
}

function carryOut(env) {
  const at = process.argv.indexOf("--", 2);
  const command = at > 0 ? process.argv.slice(at + 1) : [];
  return new Promise((done) => {
    if (!command.length) {
      for (const [name, value] of Object.entries(env)) console.log(`export ${name}='${value}'`);
      process.once("SIGINT", () => done(0));
      process.once("SIGTERM", () => done(0));
      return;
    }
    const runs = spawn(command[0], command.slice(1), { stdio: "inherit", cwd: root, env: { ...process.env, ...env } });
    runs.on("exit", (code) => done(code ?? 1));
  });
}

process.exitCode = await main().catch((error) => {
  console.error("start_centre: " + error.message);
  return 1;
});
