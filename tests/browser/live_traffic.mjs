// Traffic for the pages: a pair of virtual interfaces, hosts of the sample district behind the far one, and a sensor that
// watches the near one and reports to the centre of the run. Needs root and `ip`. As a program (in the far network) it is
// the hosts themselves: node live_traffic.mjs SECONDS. SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { connect, createServer } from "node:net";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { api } from "./browser.mjs";
import { root } from "./centre.mjs";

const here = fileURLToPath(import.meta.url);
const ROUTER = "203.0.113.1";
const REMOTES = ["192.0.2.10", "192.0.2.25", "192.0.2.53", "192.0.2.80"];
// host, how often it speaks, how much it sends; the first two also ask for names that the sample's list knows
const HOSTS = [["203.0.113.13", 5, 4000], ["203.0.113.173", 4, 90_000], ["203.0.113.181", 6, 20_000], ["203.0.113.189", 3, 2000],
  ["203.0.113.33", 8, 60_000], ["203.0.113.245", 5, 9000], ["203.0.113.129", 2, 300]];
const LISTED = [["203.0.113.13", "c2.den-long.invalid"], ["203.0.113.173", "tet-loto.example"],
  ["203.0.113.13", "tai-ve.cap-nhat-vssid.example"]];

/** Why no interfaces can be made here, or false. */
export function noTraffic() {
  if (!process.env.CANH_SENSOR) return "canh-sensor is not built";
  if (process.getuid() !== 0) return "only root can make interfaces";
  const space = "canhb-try" + process.pid;
  try {
    for (const line of [`netns add ${space}`, `-n ${space} link`]) ip(line);
    return false;
  } catch (error) {
    return "no interface can be made here: " + error.message; // a plain chroot, a container
  } finally {
    spawnSync("ip", ["netns", "del", space]);
  }
}

function ip(line) {
  const done = spawnSync("ip", line.split(" "), { encoding: "utf8" });
  if (done.status !== 0) throw new Error("ip " + line + ": " + (done.stderr || done.error?.message));
}

function makeWire() {
  const [space, near] = ["canhb" + process.pid, "cb" + process.pid];
  ip("netns add " + space);
  ip(`link add ${near} type veth peer name far netns ${space}`);
  for (const address of [ROUTER + "/24", ...REMOTES.map((one) => one + "/32")]) ip(`addr add ${address} dev ${near}`);
  ip(`link set ${near} up`);
  for (const [host] of HOSTS) ip(`-n ${space} addr add ${host}/24 dev far`);
  ip(`-n ${space} link set far up`);
  ip(`-n ${space} route add default via ${ROUTER}`);
  return { space, near, remove: () => spawnSync("ip", ["netns", "del", space]) };
}

/** The words for `unshare` that start a program under a host name of its own. */
export const calledAs = (name, program) => ["-u", "sh", "-c", `hostname ${name} && exec "$@"`, "sh", program];

async function importList(page) {
  const text = readFileSync(join(root, "packs/sample-district/lists/indicators.csv"), "utf8");
  await page.evaluate(async (body) => {
    const { csrf } = await (await fetch("/api/v1/session")).json();
    const send = async (path, content, type) => (await fetch("/api/v1" + path, { method: "POST", body: content,
      headers: { "X-CSRF-Token": csrf, "Content-Type": type } })).json();
    const seen = await send("/lists/preview?name=indicators.csv&kind=indicator&source=NCSC&zone=420", body, "application/octet-stream");
    await send("/lists", JSON.stringify({ upload: seen.upload, period: "2024-01", letter: "" }), "application/json");
  }, text);
}

/** Two runs on one machine would share the addresses of the wire: the second waits until the first has left the port. */
async function takePort(server, port) {
  for (let left = 90; ; left--) {
    const taken = await new Promise((done) => {
      server.once("error", done).once("listening", () => done(null));
      server.listen(port, "0.0.0.0");
    });
    server.removeAllListeners("error").removeAllListeners("listening");
    if (!taken) return;
    if (taken.code !== "EADDRINUSE" || !left) throw taken;
    await new Promise((done) => setTimeout(done, 2000));
  }
}

/** A sensor with traffic before it, on a signed-in page's centre. `end()` stops all of it. */
export async function startTraffic(page, { seconds = 600 } = {}) {
  const folder = process.env.CANH_FOLDER, program = process.env.CANH_SENSOR;
  const server = createServer((one) => one.on("error", () => one.destroy()).on("data", () => one.end("x".repeat(20_000))));
  await takePort(server, 443);
  const wire = makeWire();
  const running = [];
  const end = async () => {
    await Promise.all(running.map((child) => child.exitCode !== null || new Promise((done) => {
      child.on("exit", done);
      child.kill("SIGTERM");
    })));
    server.close();
    wire.remove();
  };
  try {
    const { units } = await api(page, "GET", "/units");
    const unit = units.find((one) => one.code === "VP") ?? units[0];
    const { token } = await api(page, "POST", "/enrol-tokens", { unit: unit.id, uses: 1, hours: 1 });
    const state = join(folder, "sensor");
    // called by a name of its own, so that nothing shows the machine that the run is on
    const named = calledAs("giam-sat-01", program);
    const done = spawnSync("unshare", [...named, "enrol", "--state", state, "--centre", process.env.CANH_AGENTS, "--token", token], { encoding: "utf8" });
    if (done.status) throw new Error("the sensor could not enrol: " + done.stderr);
    await importList(page);
    running.push(spawn("unshare", [...named, "--interface", wire.near, "--state", state, "--archive", join(folder, "archive"), "--own",
      "203.0.113.0/24", "--ring-mib", "4"], { stdio: ["ignore", "ignore", process.env.CANH_TELL ? "inherit" : "ignore"] }));
    running.push(spawn("ip", ["netns", "exec", wire.space, process.execPath, here, String(seconds)], { stdio: "ignore" }));
  } catch (error) {
    await end();
    throw error;
  }
  return { end };
}

function question(name) {
  const labels = name.split(".").map((part) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)]));
  return Buffer.concat([Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, Buffer.from([0, 0, 1, 0, 1])]);
}

function ask(host, name) {
  const socket = createSocket("udp4");
  socket.on("error", () => socket.close());
  socket.bind(0, host, () => socket.send(question(name), 53, "192.0.2.53", () => setTimeout(() => socket.close(), 50)));
}

function beHosts(seconds) {
  let beat = 0;
  const timer = setInterval(() => {
    beat++;
    for (const [n, [host, each, size]] of HOSTS.entries()) {
      if (beat % each) continue;
      const socket = connect({ host: REMOTES[(beat + n) % REMOTES.length], port: 443, localAddress: host });
      socket.on("error", () => socket.destroy()).on("connect", () => socket.end(Buffer.alloc(size)));
      ask(host, "www.van-ban.example");
    }
    if (beat % 20 === 3) for (const [host, name] of LISTED) ask(host, name);
  }, 500);
  setTimeout(() => clearInterval(timer), seconds * 1000);
}

if (process.argv[1] === here) beHosts(Number(process.argv[2] ?? 60));
