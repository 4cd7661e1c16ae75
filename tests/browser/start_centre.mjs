// Starts the built centre with the sample district and runs a command against it:
// node tests/browser/start_centre.mjs --centre build/run/src/centre/canh-centre [--agent build/run/src/agent/canh-agent]
// [--sensor build/run/src/sensor/canh-sensor] [-- node --test tests/browser]. Without a command it prints the environment and stays until it is ended.
// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { root, startCentre } from "./centre.mjs";

const PASSWORD = "thu-nghiem-tren-may-nay"; // what the tests choose at the first sign-in

function option(name, ...usual) {
  const at = process.argv.indexOf("--" + name);
  const given = at > 0 ? process.argv[at + 1] : undefined;
  return given ? resolve(given) : usual.map((path) => join(root, path)).find((path) => existsSync(path));
}

async function main() {
  const centre = option("centre", "build/run/src/centre/canh-centre", "build/test/src/centre/canh-centre", "build/src/centre/canh-centre");
  const agent = option("agent", "build/run/src/agent/canh-agent", "build/test/src/agent/canh-agent", "build/src/agent/canh-agent");
  const sensor = option("sensor", "build/run/src/sensor/canh-sensor", "build/test/src/sensor/canh-sensor", "build/src/sensor/canh-sensor");
  if (!centre || !existsSync(centre)) {
    console.error("start_centre: canh-centre is not built; browser tests are left out");
    return 77; // what Meson counts as skipped
  }
  const office = await startCentre(centre);
  try {
    if (!office.login || !office.oneTime) throw new Error("the centre printed no user and one-time password");
    return await carryOut({ CANH_URL: office.url, CANH_LOGIN: office.login, CANH_ONE_TIME: office.oneTime,
      CANH_PASSWORD: PASSWORD, CANH_AGENTS: office.agents, CANH_FOLDER: office.folder, CANH_CENTRE: centre,
      ...(agent && existsSync(agent) ? { CANH_AGENT: agent } : {}),
      ...(sensor && existsSync(sensor) ? { CANH_SENSOR: sensor } : {}) });
  } finally {
    await office.end();
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
