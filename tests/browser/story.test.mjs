// The loop as an officer lives it: a list comes in, a machine is enrolled and swept, the cell opens to its proof, and
// the report says so. The machine is this one, with the real agent (CANH_AGENT); without it those steps are left out.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { auditPage } from "./audit.mjs";
import { missing, openBrowser, openPage, picture, settled, signIn, url } from "./browser.mjs";

const skip = missing();
const agent = process.env.CANH_AGENT;
const state = process.env.CANH_STATE ?? "";
const list = fileURLToPath(new URL("../../packs/sample-district/lists/botnet-2024-01.csv", import.meta.url));
const SWEEP_MS = 240_000;

describe("the loop", { skip }, () => {
  let browser, page, context, faults, running, unit;

  before(async () => {
    browser = await openBrowser();
    ({ page, context, faults } = await openPage(browser));
    await signIn(page);
  });
  after(async () => {
    running?.kill("SIGTERM");
    await browser?.close();
  });

  const open = async (hash) => {
    await page.goto(url + "/#/" + hash);
    await settled(page);
  };

  test("a list is read, looked at step by step, and written at the end only", async () => {
    await open("lists");
    const batches = () => page.evaluate(async () => (await (await fetch("/api/v1/lists")).json()).batches.length);
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
    assert.ok(read > 0 && good + double + refused <= read, "the sums add up: " + figures.join(" "));
    await picture(page, "story-2-review");
    await next.click();
    await page.locator(".tbl", { hasText: "Địa chỉ bị nêu" }).waitFor();
    await picture(page, "story-3-units");
    assert.equal(await batches(), before, "nothing is written before the last step");
    unit = await page.evaluate(async () => (await (await fetch("/api/v1/units")).json()).units.find((one) => one.parent_id) ?? null);
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

  test("this machine is enrolled with the token of the page, and appears", { skip: !agent && "CANH_AGENT is not set" }, async () => {
    await open("enrol?unit=" + unit.id);
    await page.locator("form .btn.go").click();
    const token = await page.locator(".copybox textarea").nth(1).inputValue();
    await picture(page, "story-5-token");
    const enrol = spawnSync(agent, ["--state", state, "enrol", "--centre", process.env.CANH_AGENTS, "--token", token], { encoding: "utf8" });
    assert.equal(enrol.status, 0, enrol.stdout + enrol.stderr);
    running = spawn(agent, ["--state", state, "run"], { stdio: "ignore" });
    await open("machines?q=" + encodeURIComponent(hostname()));
    await page.locator(".tbl a", { hasText: hostname() }).first().waitFor({ timeout: 30000 });
  });

  test("it is swept at the word of the page, without loading it again", { skip: !agent && "CANH_AGENT is not set" }, async () => {
    await page.locator(".tbl a", { hasText: hostname() }).first().click();
    await page.locator(".note[role=status]").waitFor();
    const sweepNow = page.locator(".head .btn.go");
    if (await sweepNow.isEnabled()) await sweepNow.click();
    await page.locator("#sweeps .tbl tbody tr").first().waitFor({ timeout: SWEEP_MS });
    await picture(page, "story-6-swept");
    assert.deepEqual(await page.evaluate(auditPage, false), []);
  });

  test("a cell of the matrix opens to its proof, and Esc gives the focus back", async () => {
    await open("matrix");
    const cell = page.locator("a.cell").first();
    const name = await cell.getAttribute("data-cell");
    await cell.click();
    await page.locator(".panel .prove li").first().waitFor();
    await picture(page, "story-7-proof");
    assert.match(await page.locator(".panel").innerText(), /Tính đến/);
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector(".panel"));
    assert.equal(await page.evaluate(() => document.activeElement.dataset.cell), name);
  });

  test("the report is made, its figures open their rows, and both files come down", async () => {
    await open("reports");
    await page.locator(".head .btn.go").click();
    await page.locator("dialog form .btn.go").click();
    await page.locator(".a4").waitFor({ timeout: 20000 });
    assert.match(await page.locator(".a4").innerText(), /CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM/);
    assert.ok((await page.locator(".a4 a.f").count()) > 0, "figures are numbered");
    await picture(page, "story-8-report");
    await page.locator(".a4 a.f").first().click();
    await page.locator(".prove li.on").waitFor();
    for (const [kind, magic] of [["DOCX", "PK"], ["PDF", "%PDF"]]) {
      const [file] = await Promise.all([page.waitForEvent("download"), page.locator(".panel footer .btn", { hasText: kind }).click()]);
      assert.equal(readFileSync(await file.path()).subarray(0, magic.length).toString(), magic);
    }
  });

  test("nothing went wrong on the way", () => assert.deepEqual(faults, []));
});
