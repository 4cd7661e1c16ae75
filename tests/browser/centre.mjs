// A centre of its own for a run: the built program on free ports of loopback, its data in a folder that goes away.
// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const START_SECONDS = 30;

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

/** Starts a centre, with the sample district or empty. `end()` stops it and removes its folder. */
export async function startCentre(program, { sample = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), "canh-browser-"));
  const [port, agents] = [await freePort(), await freePort()];
  const url = "http://127.0.0.1:" + port;
  const words = ["--data", join(folder, "centre"), "--packs", join(root, "packs"), "--listen", "127.0.0.1:" + port,
    "--agents", "127.0.0.1:" + agents, ...(sample ? ["--sample", join(root, "packs/sample-district")] : [])];
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (bytes) => (said += bytes));
  const gone = new Promise((done) => child.on("exit", done));
  const end = async () => {
    child.kill("SIGTERM");
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await waitFor(url + "/api/v1/session", () => child.exitCode === null);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    url, folder, end, agents: "https://127.0.0.1:" + agents,
    login: printed(said, "Tài khoản", "User"),
    oneTime: printed(said, "Mật khẩu dùng một lần", "One-time password"),
    code: printed(said, "Mã cài đặt lần đầu", "First-run code"),
  };
}
