// Makes docs/pictures/ again: node tests/browser/take_pictures.mjs --centre PROGRAM --agent PROGRAM, as root. All of it
// runs in name spaces of its own (unshare), where this machine is called as one of the sample and has its address, so
// that no picture shows the machine it was made on. The pictures of the traffic need a sensor beside (--sensor PROGRAM);
// with the word `traffic` at the end only they are made. SPDX-License-Identifier: Apache-2.0
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { answerDialog, api, firstSignIn, login, openBrowser, openPage, settled, signIn, url } from "./browser.mjs";
import { root } from "./centre.mjs";
import { startTraffic } from "./live_traffic.mjs";

const out = join(root, "docs/pictures");
const here = fileURLToPath(import.meta.url);
const list = join(root, "packs/sample-district/lists/botnet-2024-01.csv");
const folder = process.env.CANH_FOLDER ?? "";
const agent = process.env.CANH_AGENT ?? "";
// the machines of the story: unit, name, whether the test file lies there
const machines = [["X-AN", "X-AN-01", true], ["P-TP", "P-TP-01"], ["P-LD", "P-LD-01"], ["TTRA", "TTRA-01"], ["X-NAM", "X-NAM-01"],
  ["X-BAC", "X-BAC-01"], ["X-CAU", "X-CAU-01"], ["TTYT", "TTYT-01", true], ["T-MN", "T-MN-01"], ["P-NV", "P-NV-01"]];

function apart() {
  const net = "ip link set lo up && ip link add lan0 address 02:00:5e:00:53:01 type veth peer name lan1 && "
    + "ip addr add 203.0.113.12/31 dev lan0 && ip link set lan0 up && ip link set lan1 up";
  const words = process.argv.slice(2).map((word) => `'${word}'`).join(" ");
  const line = `hostname X-AN-01 && ${net} && exec '${process.execPath}' tests/browser/start_centre.mjs ${words} -- '${process.execPath}' '${here}' inside ${traffic ? "traffic" : ""}`;
  return spawnSync("unshare", ["-unm", "sh", "-c", line], { stdio: "inherit", cwd: root }).status ?? 1;
}

/** A shell line that makes this the machine NAME: its own name and identity, and before the folders that a whole sweep must
 * see, empty ones with a few documents; what the run keeps (state, the agent itself) is at /mnt. */
function machineOf(name, bait) {
  const roots = "/home /root /tmp /var/tmp /dev/shm /opt /srv /usr/local /var/www";
  const eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + "$H+H*";
  writeFileSync(join(folder, name + ".id"), Buffer.from(name.padEnd(16, "-")).toString("hex").slice(0, 32) + "\n");
  if (bait) writeFileSync(join(folder, name + ".bait"), eicar);
  return `mount --bind '${folder}' /mnt && mount --bind /mnt/${name}.id /etc/machine-id && hostname ${name} && `
    + `for f in ${roots}; do [ ! -d $f ] || mount -t tmpfs none $f || exit 1; done; mkdir -p /home/can-bo/van-ban && `
    + `for n in $(seq 40); do echo "Văn bản số $n" >/home/can-bo/van-ban/so-$n.txt; done && `
    + `{ [ ! -e /mnt/${name}.bait ] || cp /mnt/${name}.bait /home/can-bo/thu.com; } && exec /mnt/canh-agent "$@"`;
}

async function enrolAll(page) {
  const { units } = await api(page, "GET", "/units");
  const running = [];
  copyFileSync(agent, join(folder, "canh-agent"));
  chmodSync(join(folder, "canh-agent"), 0o755);
  for (const [code, name, bait] of machines) {
    const unit = units.find((one) => one.code === code);
    await api(page, "PATCH", "/units/" + unit.id, { workstations_declared: 1 });
    const { token } = await api(page, "POST", "/enrol-tokens", { unit: unit.id, uses: 1, hours: 1 });
    const as = ["-um", "sh", "-c", machineOf(name, bait), "sh"];
    const state = `/mnt/${name}.state`;
    const done = spawnSync("unshare", [...as, "enrol", "--state", state, "--centre", process.env.CANH_AGENTS, "--token", token], { encoding: "utf8" });
    if (done.status) throw new Error(name + ": " + done.stderr);
    running.push(spawn("unshare", [...as, "run", "--state", state, ...(name === "X-AN-01" ? ["--no-quarantine"] : [])],
      { stdio: ["ignore", "ignore", process.env.CANH_TELL ? "inherit" : "ignore"] }));
  }
  const swept = async () => (await api(page, "GET", "/machines")).machines.filter((one) => one.last_sweep_at).length;
  for (const end = Date.now() + 120_000; (await swept()) < machines.length; await new Promise((done) => setTimeout(done, 500)))
    if (Date.now() > end) throw new Error(`only ${await swept()} of ${machines.length} machines were swept`);
  return running;
}

async function attestSome(page) {
  const matrix = await api(page, "GET", "/matrix");
  const directive = matrix.directive.id;
  for (const [n, unit] of matrix.units.entries()) {
    for (const clause of ["1d", "2", "4", "5"]) {
      if (!unit.cells[clause] || n % 3 === 2) continue;
      const proof = await api(page, "GET", `/matrix/${unit.id}/${clause}?directive=${directive}`);
      for (const one of proof.measures)
        await api(page, "POST", "/attestations", { directive, unit: unit.id, clause, measure: one.id,
          body: "Đã tổ chức phổ biến tại cuộc họp giao ban." }).catch(() => undefined);
    }
  }
  const waived = matrix.units.find((unit) => unit.name.includes("Hồ Mẫu"));
  const until = new Date(Date.now() + 14 * 86_400_000).toISOString();
  await api(page, "POST", "/waivers", { directive, unit: waived.id, clause: "1c", reason: "Đang thay máy mới theo kế hoạch", until });
}

const traffic = process.argv.at(-1) === "traffic";

/** Rate, hunt and trace before a sensor that has watched the sample's hosts for some minutes. */
async function takeTraffic(page, open, shot) {
  const watch = await startTraffic(page);
  try {
    await new Promise((done) => setTimeout(done, 150_000)); // a sensor tells of itself each minute
    await open("traffic?hours=1");
    await shot("11-traffic");
    await open("hunt");
    await page.locator("select[name=period]").selectOption("all");
    await page.locator("form button[type=submit]").click();
    await page.locator(".progress .st.met").waitFor({ timeout: 60_000 });
    await page.locator(".tbl tr", { hasText: "c2.den-long.invalid" }).waitFor();
    await shot("12-hunt");
    const at = new Date(Date.now() - 30_000).toISOString().replace(/\.\d+Z/, "Z");
    // an address of the office that its machines share: they all spoke to the peer, and none is named
    const { id } = await api(page, "POST", "/traces", { public: "198.51.100.17", at, peer: "192.0.2.53", within_minutes: 5 });
    await open("trace/" + id);
    await page.locator(".note.unknown[role=status]").waitFor({ timeout: 60_000 });
    await shot("13-trace");
  } finally {
    await watch.end();
  }
}

async function inside() {
  mkdirSync(out, { recursive: true });
  const browser = await openBrowser();
  const { page, context } = await openPage(browser);
  const shot = (name, on = page, height = 0) =>
    on.screenshot({ path: join(out, name + ".png"), ...(height ? { clip: { x: 0, y: 0, width: 1280, height } } : {}) });
  const open = async (hash, on = page) => {
    await on.goto(url + "/#/" + hash);
    await settled(on);
    await on.waitForTimeout(300);
  };
  let running = [];
  try {
    await page.goto(url + "/");
    await page.locator("input[name=login]").fill(login);
    if (traffic) {
      await firstSignIn(page, login, process.env.CANH_ONE_TIME);
      return await takeTraffic(page, open, shot);
    }
    await shot("01-sign-in");
    await firstSignIn(page, login, process.env.CANH_ONE_TIME);
    await open("import");
    await page.locator("input[type=file]").setInputFiles(list);
    await page.locator(".steps [aria-current=step]", { hasText: "Ghép cột" }).waitFor();
    await page.locator(".head .btn.go").click();
    await page.locator(".sums").waitFor();
    await shot("02-list-review");
    await page.locator(".head .btn.go").click();
    await page.locator(".tbl", { hasText: "Địa chỉ bị nêu" }).waitFor();
    await shot("03-list-units");
    await page.locator(".head .btn.go").click();
    await page.locator("input[name=source]").fill("Danh sách tháng 01/2024");
    await page.locator("input[name=period]").fill("01/2024");
    await page.locator("form .btn.go").click();
    await page.locator(".note.met[role=status]").waitFor();
    running = await enrolAll(page);
    await attestSome(page);
    await open("matrix");
    await page.reload();
    await settled(page);
    await page.locator("a.cell.met, a.cell.said").first().waitFor();
    await shot("matrix");
    const { units } = await api(page, "GET", "/units");
    const an = units.find((one) => one.code === "X-AN");
    await open(`matrix?cell=${an.id}.1b`);
    await page.locator(".panel .prove li").first().waitFor();
    await shot("04-proof");
    await open("unit/" + units.find((one) => one.code === "TT-MAU").id);
    await shot("05-unit");
    const machine = (await api(page, "GET", "/machines?unit=" + an.id)).machines.find((one) => one.name === "X-AN-01");
    await open("machine/" + machine.id);
    await shot("06-machine", page, 640); // below stands the kernel of the machine it was made on
    const { incidents } = await api(page, "GET", "/incidents?state=open");
    const one = incidents.find((i) => i.unit?.id === an.id);
    await api(page, "POST", `/incidents/${one.id}/entries`, { body: "Đã gọi điện cho xã, cử người xuống." });
    await open("incident/" + one.id);
    await shot("07-incident");
    await open("reports");
    await page.locator(".head .btn.go").click();
    await page.waitForTimeout(500);
    await page.locator("dialog form .btn.go").click();
    await page.locator(".a4").waitFor();
    await page.locator(".panel .btn", { hasText: "Điền thể thức" }).click();
    await answerDialog(page, { number: "27/BC-VP", signed_on: "2024-02-05", signer: "Nguyễn Văn Mẫu", place: "Mẫu" });
    await page.locator(".a4", { hasText: "Nguyễn Văn Mẫu" }).waitFor();
    await shot("08-report");
    const state = await context.storageState();
    const phone = await openPage(browser, { width: 390, state });
    await open("matrix", phone.page);
    await shot("09-phone", phone.page);
    const dark = await openPage(browser, { theme: "dark", state });
    await open("matrix", dark.page);
    await shot("10-dark", dark.page);
    if (process.env.CANH_SENSOR) await takeTraffic(page, open, shot);
  } finally {
    for (const child of running) child.kill("SIGTERM");
    await browser.close();
  }
}

if (process.argv[2] === "inside") await inside();
else process.exitCode = apart();
