// The loop as an officer lives it: sign in, a list comes in, a machine is enrolled and swept, what it has is put away,
// and the report says so. The machine is this one, with the real agent (CANH_AGENT).
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { auditPage } from "./audit.mjs";
import { answerDialog, api, firstSignIn, login, missing, openBrowser, openPage, picture, settled, signIn, url } from "./browser.mjs";

const skip = missing();
const agent = process.env.CANH_AGENT;
const folder = process.env.CANH_FOLDER ?? "";
const list = fileURLToPath(new URL("../../packs/sample-district/lists/botnet-2024-01.csv", import.meta.url));
const words = JSON.parse(readFileSync(new URL("../../console/src/words/vi.json", import.meta.url), "utf8"));
const SWEEP_MS = 60_000;

describe("the loop", { skip }, () => {
  let browser, page, context, faults, running, unit, machine, incident;
  const swept = join(folder, "swept");
  const bait = join(swept, "thu.com");

  before(async () => {
    browser = await openBrowser();
    ({ page, context, faults } = await openPage(browser));
  });
  after(async () => {
    running?.kill("SIGTERM");
    await browser?.close();
  });

  const open = async (hash) => {
    await page.goto(url + "/#/" + hash);
    await settled(page);
  };
  const cell = async () => (await api(page, "GET", "/matrix")).units.find((one) => one.id === unit.id).cells["1b"];
  const until = async (what, true_, ms = SWEEP_MS) => {
    for (const end = Date.now() + ms; Date.now() < end; await new Promise((done) => setTimeout(done, 300))) {
      const value = await what();
      if (true_(value)) return value;
    }
    return assert.fail("did not come about: " + true_);
  };
  const readMachine = () => api(page, "GET", "/machines/" + machine.id);
  const runAgent = async (...words) => {
    const ended = running && new Promise((done) => running.on("exit", done));
    running?.kill("SIGTERM");
    await ended;
    running = spawn(agent, ["run", "--state", join(folder, "agent"), "--path", swept, ...words], { stdio: "ignore" });
  };
  const sweep = async () => {
    const idle = (one) => !one.orders.some((o) => o.kind === "sweep" && /waiting|sent/.test(o.state));
    const before = (await until(readMachine, idle)).sweeps.length;
    await open("machine/" + machine.id);
    const order = page.locator(".head .btn.go");
    await order.click();
    return until(readMachine, (one) => one.sweeps.length > before && idle(one));
  };

  test("the one-time password opens only the choice of one's own", async () => {
    if (process.env.CANH_ONE_TIME) await firstSignIn(page, login, process.env.CANH_ONE_TIME);
    else await signIn(page);
    await page.locator("table.matrix, .matrix table, main table").first().waitFor();
    // a unit of the story: one workstation, behind an address of the list
    const top = (await api(page, "GET", "/units")).units.find((one) => !one.parent_id);
    unit = await api(page, "POST", "/units", { code: "X-KE", name: "UBND xã Kể Chuyện", parent: top.code, kind: "commune", workstations_declared: 1 });
    await api(page, "POST", "/ranges", { unit: unit.id, prefix: "203.0.113.14/32", operator: "Nhà mạng mẫu", behind_nat: true });
  });

  test("a list is read, looked at step by step, and written at the end only", async () => {
    await open("lists");
    const batches = async () => (await api(page, "GET", "/lists")).batches.length;
    const before = await batches();
    await open("import");
    await page.locator("input[type=file]").setInputFiles(list);
    await page.locator(".steps [aria-current=step]", { hasText: "Ghép cột" }).waitFor({ timeout: 20000 });
    await picture(page, "story-1-columns");
    const next = page.locator(".head .btn.go");
    await next.click();
    await page.locator(".sums").waitFor();
    const figures = await page.locator(".sums dd").allInnerTexts();
    const [read, good, double, refused] = figures.map((text) => Number(text.replace(/\D/g, "")));
    assert.deepEqual([read, good, double, refused], [11, 8, 0, 3], "the sums add up: " + figures.join(" "));
    assert.match(await page.locator("main").innerText(), /31\/11\/2023/, "a refused row shows what was read");
    assert.deepEqual(await page.evaluate(auditPage, false), []);
    await picture(page, "story-2-review");
    await next.click();
    await page.locator(".tbl", { hasText: "Địa chỉ bị nêu" }).waitFor();
    await picture(page, "story-3-units");
    assert.equal(await batches(), before, "nothing is written before the last step");
    await next.click();
    await page.locator("input[name=source]").fill("Danh sách kể chuyện");
    await page.locator("input[name=period]").fill("01/2024");
    await page.locator("form .btn.go").click();
    await page.locator(".note.met[role=status]").waitFor({ timeout: 20000 });
    assert.equal(await batches(), before + 1);
    await picture(page, "story-4-written");
    await page.locator(".note.met a").first().click();
    await settled(page);
    assert.deepEqual(await page.evaluate(auditPage, false), []);
  });

  test("the same file a second time says that it was here", async () => {
    await open("import");
    await page.locator("input[type=file]").setInputFiles(list);
    await page.locator(".steps [aria-current=step]", { hasText: "Ghép cột" }).waitFor({ timeout: 20000 });
    await page.locator(".note", { hasText: "đã nhập rồi" }).waitFor();
  });

  test("its rows are findings of the units, each with an incident", async () => {
    await open("findings");
    const row = page.locator(".tbl tr", { hasText: "203.0.113.14" });
    assert.match(await row.innerText(), /Kể Chuyện/);
    await row.locator("a", { hasText: "Sự cố" }).click();
    await page.waitForFunction(() => location.hash.startsWith("#/incident/"));
    await settled(page);
    incident = (await page.evaluate(() => location.hash)).split("/")[2];
    await picture(page, "story-4b-incident");
    await page.locator(".btn", { hasText: "Giao cho" }).click({ timeout: 8000 });
    await page.locator("dialog option").first().waitFor({ state: "attached" });
    const { accounts } = await api(page, "GET", "/accounts");
    await answerDialog(page, { account: accounts[0].id });
    await page.waitForFunction(() => !document.querySelector(".head .btn")?.innerText.includes("Nhận xử lý"));
    assert.equal((await api(page, "GET", "/incidents/" + incident)).owner.id ?? accounts[0].id, accounts[0].id);
    await page.locator(".head .btn:has(svg)", { hasText: words.entry_add }).click();
    await answerDialog(page, { body: "Đã gọi điện cho xã, cử người xuống." });
    await page.locator(".line", { hasText: "Đã gọi điện" }).waitFor();
    assert.equal((await cell()).state, "not_met");
  });

  test("this machine is enrolled with the token of the page, and appears", async () => {
    assert.ok(agent, "CANH_AGENT names no agent");
    await open("enrol?unit=" + unit.id);
    await page.locator("form .btn.go").click();
    const token = await page.locator(".copybox textarea").nth(1).inputValue();
    await picture(page, "story-5-token");
    const words = ["enrol", "--state", join(folder, "agent"), "--centre", process.env.CANH_AGENTS, "--token", token];
    const enrol = spawnSync(agent, words, { encoding: "utf8" });
    assert.equal(enrol.status, 0, enrol.stdout + enrol.stderr);
    mkdirSync(swept);
    // the public test file, put together here so that no scanner stops at this source
    writeFileSync(bait, "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + "$H+H*");
    await runAgent("--no-quarantine");
    await open("machines?q=" + encodeURIComponent(hostname()));
    await page.locator(".tbl a", { hasText: hostname() }).first().waitFor({ timeout: 30000 });
    machine = (await api(page, "GET", "/machines?unit=" + unit.id)).machines[0];
  });

  test("the file that was put there is found, and becomes a finding with an incident", async () => {
    const seen = await until(readMachine, (one) => one.hits.length > 0);
    assert.equal(seen.hits[0].path, bait);
    assert.equal(seen.verdict, "infected");
    await open("machine/" + machine.id);
    await page.locator("#hits .tbl", { hasText: "thu.com" }).waitFor();
    await picture(page, "story-6-hit");
    assert.deepEqual(await page.evaluate(auditPage, false), []);
    assert.ok(existsSync(bait), "told to leave files, it leaves them");
  });

  test("told to, the agent puts it away; put back, it is the same to the byte", async () => {
    const bytes = readFileSync(bait);
    await runAgent();
    await sweep();
    await until(readMachine, (one) => one.hits.some((hit) => hit.state === "quarantined"));
    assert.ok(!existsSync(bait));
    await open("machine/" + machine.id);
    await page.locator("#hits .btn", { hasText: "Khôi phục" }).click();
    await answerDialog(page, {});
    await until(() => existsSync(bait), (there) => there, 90_000);
    assert.deepEqual(readFileSync(bait), bytes);
    rmSync(bait);
  });

  test("swept clean, nothing is open, and the cell stays honest", async () => {
    await sweep();
    await until(readMachine, (one) => one.verdict !== "infected");
    for (const one of (await api(page, "GET", "/incidents?state=open")).incidents.filter((i) => i.unit?.id === unit.id)) {
      await open("incident/" + one.id);
      for (let moves = 0; moves < 6; moves++) {
        const { moves: next } = await api(page, "GET", "/incidents/" + one.id);
        const to = next.find((word) => word !== "dismissed");
        if (!to) break;
        await page.locator(".head .btn.go").click();
        await answerDialog(page, { reason: "Đã rà quét sạch, đã đổi mật khẩu." });
        await page.waitForTimeout(300);
      }
    }
    // a sweep of one folder is no sweep of the machine: nothing is open any more, and the cell is still not met
    assert.equal((await readMachine()).open_hits, 0);
    assert.notEqual((await cell()).state, "met");
  });

  test("a cell of the matrix opens to its proof, and Esc gives the focus back", async () => {
    await open("matrix");
    const mark = page.locator(`a.cell[data-cell="${unit.id}.1b"]`);
    await mark.click();
    await page.locator(".panel .prove li").first().waitFor();
    await picture(page, "story-7-proof");
    assert.match(await page.locator(".panel").innerText(), /Tính đến/);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector(".panel"));
    assert.equal(await page.evaluate(() => document.activeElement.dataset.cell), unit.id + ".1b");
  });

  test("the report is made, filled in, its figures open their rows, and both files come down", async () => {
    await open("reports");
    await page.locator(".head .btn.go").click();
    await page.locator("dialog form .btn.go").click();
    await page.locator(".a4").waitFor({ timeout: 20000 });
    assert.match(await page.locator(".a4").innerText(), /CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM/);
    assert.ok((await page.locator(".a4 a.f").count()) > 0, "figures are numbered");
    await page.locator(".panel .btn", { hasText: "Điền thể thức" }).click();
    await answerDialog(page, { number: "27", signed_on: "2024-02-05", signer: "Nguyễn Văn Mẫu", place: "Mẫu" });
    await page.locator(".a4", { hasText: "Nguyễn Văn Mẫu" }).waitFor();
    await picture(page, "story-8-report");
    await page.locator(".a4 a.f").first().click();
    await page.locator(".prove li.on").waitFor();
    for (const [kind, magic] of [["DOCX", "PK"], ["PDF", "%PDF"]]) {
      const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".panel footer .btn", { hasText: kind }).click()]);
      assert.equal(readFileSync(await file.path()).subarray(0, magic.length).toString(), magic);
      if (process.env.CANH_PICTURES) await file.saveAs(join(process.env.CANH_PICTURES, "report." + kind.toLowerCase()));
    }
  });

  test("nothing went wrong on the way", () => assert.deepEqual(faults, []));
});
