// The pages over traffic and feeds: empty, refused, and with a sensor that watches real packets on virtual interfaces.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { auditPage } from "./audit.mjs";
import { answerDialog, api, firstSignIn, missing, openBrowser, openPage, picture, settled, signIn, url } from "./browser.mjs";
import { calledAs, noTraffic, startTraffic } from "./live_traffic.mjs";

const looks = [
  { language: "vi", theme: "light", width: 1280 }, { language: "en", theme: "dark", width: 390 },
  { language: "vi", theme: "light", width: 390 }, { language: "en", theme: "dark", width: 1920 },
];
let browser, state;

async function open(look, hash) {
  const one = await openPage(browser, { ...look, state });
  await one.page.goto(url + "/#/" + hash);
  await settled(one.page);
  return one;
}

/** Opens a page in all looks, waits for words on it, and measures it. */
async function inAllLooks(name, hash, words) {
  for (const look of looks) {
    const { page, context, faults } = await open(look, hash);
    await page.waitForFunction((text) => document.querySelector("main").innerText.includes(text), words[look.language], { timeout: 20000 });
    await picture(page, `${name}-${look.width}-${look.theme}-${look.language}`);
    assert.deepEqual([...faults, ...(await page.evaluate(auditPage, look.width < 500))], [], name + " " + JSON.stringify(look));
    await context.close();
  }
}

/** Someone of X-AN, whose range has 203.0.113.13 and no other host of the wire. */
async function openAsUnit(officePage) {
  const { units } = await api(officePage, "GET", "/units");
  const account = await api(officePage, "POST", "/accounts", { login: "xaan", name: "Cán bộ xã An", role: "unit",
    unit: units.find((one) => one.code === "X-AN").id });
  const one = await openPage(browser);
  await firstSignIn(one.page, "xaan", account.one_time_password);
  return one;
}

/** A machine of the office with the real agent, on this end of the wire: it has the addresses of the remotes. */
async function startAgent(page) {
  const [folder, program] = [process.env.CANH_FOLDER, process.env.CANH_AGENT];
  const state = join(folder, "agent-traffic"), swept = join(folder, "swept-traffic");
  const { units } = await api(page, "GET", "/units");
  const { token } = await api(page, "POST", "/enrol-tokens", { unit: units.find((one) => one.code === "VP").id, uses: 1, hours: 1 });
  const named = calledAs("may-chu-01", program);
  mkdirSync(swept, { recursive: true });
  const done = spawnSync("unshare", [...named, "enrol", "--state", state, "--centre", process.env.CANH_AGENTS, "--token", token], { encoding: "utf8" });
  if (done.status) throw new Error("the agent could not enrol: " + done.stderr);
  const child = spawn("unshare", [...named, "run", "--state", state, "--path", swept], { stdio: "ignore" });
  const end = () => new Promise((ended) => child.on("exit", ended).kill("SIGTERM"));
  try {
    const machine = await waitFor(async () => (await api(page, "GET", "/machines")).machines.find((one) => one.name === "may-chu-01"));
    await waitFor(async () => (await api(page, "GET", "/machines/" + machine.id)).addresses.includes("192.0.2.53"));
    return { machine, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function waitFor(ask, seconds = 120) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise((done) => setTimeout(done, 500))) {
    const got = await ask();
    if (got) return got;
  }
  throw new Error("waited in vain for " + ask);
}

describe("traffic", { skip: missing() }, () => {
  before(async () => {
    browser = await openBrowser();
    const { page, context } = await openPage(browser);
    await signIn(page);
    state = await context.storageState();
    await context.close();
  });
  after(async () => browser?.close());

  test("without a sensor and without a feed the pages say so and what to do", async () => {
    const none = { vi: "Chưa có thiết bị giám sát mạng nào", en: "No sensor yet" };
    for (const name of ["traffic", "hunt", "trace"]) await inAllLooks(name + "-empty", name, none);
    await inAllLooks("feeds-empty", "feeds", { vi: "Chưa đăng ký nguồn nào", en: "No feed yet" });
  });

  test("a centre that fails is told, asked again on wish, and comes back by itself", async () => {
    const { page, context } = await openPage(browser, { state });
    await page.route("**/api/v1/sensors*", (route) => route.fulfill({ status: 500, contentType: "application/json", body: "{}" }));
    await page.goto(url + "/#/traffic");
    await page.locator("main [role=alert]").first().waitFor();
    assert.deepEqual(await page.evaluate(auditPage, false), []);
    const again = page.waitForRequest(/\/api\/v1\/sensors/);
    await page.locator("main [role=alert] button").first().dispatchEvent("click");
    await again;
    await page.unroute("**/api/v1/sensors*"); // it comes back by itself, at the next look
    await page.locator("main [role=alert]").waitFor({ state: "detached", timeout: 45000 });
    await context.close();
  });

  test("a sensor is enrolled with a token that becomes a command", async () => {
    const { page, context, faults } = await open({}, "traffic");
    await page.locator(".head .btn.go").click();
    await page.locator("dialog button[type=submit]").click();
    await page.waitForFunction(() => /canh-sensor enrol --centre \S+ --token \S+/.test(document.querySelector("dialog textarea")?.value ?? ""));
    assert.deepEqual([...faults, ...(await page.evaluate(auditPage, false))], []);
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await context.close();
  });

  test("a feed is subscribed, fetched, changed, paused and removed", async () => {
    let asked = 0;
    const publisher = createServer((request, reply) => reply.setHeader("Content-Type", "text/csv").end("value,type,family\n"
      + (asked++ ? "mot.example,domain,A\nba.example,domain,A\nbon.example,domain,A\n" : "mot.example,domain,A\nhai.example,domain,A\n")));
    await new Promise((done) => publisher.listen(0, "127.0.0.1", done));
    const { page, context, faults } = await open({}, "feeds");
    try {
      await page.locator(".head .btn.go").click();
      await page.locator("dialog input[name=source]").fill("Nguồn thử");
      await page.locator("dialog input[name=url]").fill("ftp://192.0.2.1/x.csv");
      await page.locator("dialog button[type=submit]").click();
      await page.locator("dialog [role=alert]", { hasText: "https://" }).waitFor(); // refused in words
      await answerDialog(page, { url: `http://127.0.0.1:${publisher.address().port}/list.csv`, every: "15" });
      await page.locator("tr", { hasText: "Nguồn thử" }).locator(".st", { hasText: "đã tải" }).waitFor({ timeout: 60000 });
      await page.locator("tr button", { hasText: "Tải ngay" }).click();
      await page.locator("tr", { hasText: "+2 / −1" }).waitFor({ timeout: 60000 });
      await page.locator("tr button", { hasText: "Tạm dừng" }).click();
      await page.locator("tr .st", { hasText: "đang tạm dừng" }).waitFor();
      await inAllLooks("feeds", "feeds", { vi: "Nguồn thử", en: "Nguồn thử" });
      await page.locator("tr button[aria-label^='Bỏ nguồn']").click();
      await page.locator("dialog button[type=submit]").click();
      await page.locator(".empty", { hasText: "Chưa đăng ký nguồn nào" }).waitFor();
      assert.deepEqual(faults, []);
    } finally {
      publisher.close();
      await context.close();
    }
  });

  // of a sensor above it a unit sees its own host and nobody else's
  async function asUnit(officePage, { hunt, known }) {
    const { page, context, faults } = await openAsUnit(officePage);
    const words = async (hash, wanted) => {
      await page.goto(url + "/#/" + hash);
      await page.waitForFunction((text) => document.querySelector("main")?.innerText.includes(text), wanted, { timeout: 20000 });
      await picture(page, "unit-" + hash.split("/")[0]);
      assert.deepEqual(await page.evaluate(auditPage, false), [], hash);
      return page.locator("main").innerText();
    };
    for (const [hash, wanted] of [["traffic", "c2.den-long.invalid"], [hunt, "203.0.113.13"], ["hunt", "Các lần truy tìm"],
      [known, "203.0.113.13"], ["trace", "203.0.113.13"]]) {
      const said = await words(hash, wanted);
      for (const foreign of ["203.0.113.173", "203.0.113.33", "tet-loto.example", "198.51.100.77"])
        assert.ok(!said.includes(foreign), `${hash} tells a unit of ${foreign}`);
      assert.equal(await page.locator("main form, main .btn.go").count(), 0, hash + " offers what only the office may do");
    }
    assert.deepEqual(faults, []);
    await context.close();
  }

  // whom a machine talked to, over time, from its own page
  async function contactsOf(page) {
    if (!process.env.CANH_AGENT) return;
    const agent = await startAgent(page);
    try {
      await page.goto(url + "/#/machine/" + agent.machine.id);
      const card = page.locator("#contacts");
      await card.locator("select").selectOption("192.0.2.53");
      await card.locator(".seg button").first().click();
      await card.locator("tr", { hasText: "203.0.113." }).first().waitFor({ timeout: 60000 });
      await card.locator(".chart.area").waitFor();
      await card.locator(".note.unknown").waitFor(); // a day was asked for, and minutes were watched
      for (const width of [390, 1280]) {
        await page.setViewportSize({ width, height: 900 });
        await card.scrollIntoViewIfNeeded();
        await picture(page, "contacts-" + width);
        assert.deepEqual(await page.evaluate(auditPage, width < 500), []);
      }
    } finally {
      await page.setViewportSize({ width: 1280, height: 900 });
      await agent.end();
    }
  }

  test("real packets: rate, talkers, alerts; a hunt becomes findings; a trace answers or cannot tell", { skip: noTraffic() }, async () => {
    const { page, context, faults } = await open({}, "status");
    const traffic = await startTraffic(page);
    try {
      const sensor = await waitFor(async () => (await api(page, "GET", "/sensors")).sensors.find((one) => one.status?.flows > 20));
      await waitFor(async () => (await api(page, "GET", `/sensors/${sensor.id}/traffic`)).talkers.length);
      await inAllLooks("traffic", "traffic", { vi: "c2.den-long.invalid", en: "203.0.113.173" });

      // the office hears no more of it, says why, and takes it back
      await page.goto(url + "/#/traffic");
      const alert = page.locator("#alerts tr", { hasText: "c2.den-long.invalid" }).first();
      await alert.locator("button", { hasText: "Tạm im" }).click();
      await answerDialog(page, { reason: "máy thử nghiệm" });
      await alert.locator(".st", { hasText: "im đến" }).waitFor({ timeout: 30000 });
      await inAllLooks("traffic-quiet", "traffic", { vi: "Cảnh báo đang tạm im", en: "Quieted alerts" });
      await alert.locator("button", { hasText: "Báo lại" }).click();
      await alert.locator("button", { hasText: "Tạm im" }).waitFor({ timeout: 30000 });

      await page.goto(url + "/#/hunt");
      await page.locator("select[name=period]").selectOption("all");
      await page.locator("form button[type=submit]").click();
      await page.locator(".tbl tr", { hasText: "c2.den-long.invalid" }).waitFor({ timeout: 60000 });
      await page.locator(".progress .st.met").waitFor({ timeout: 60000 });
      const hunt = new URL(page.url()).hash.slice(2);
      await inAllLooks("hunt-result", hunt, { vi: "Liên hệ theo thời gian", en: "Contacts over time" });
      await inAllLooks("hunt", "hunt", { vi: "Các lần truy tìm", en: "Hunts" });
      await page.locator(".head .btn.go").click();
      await page.locator(".head [role=status]", { hasText: "Đã lập" }).waitFor();
      await page.locator(".tbl .st", { hasText: "đã lập phát hiện" }).first().waitFor();

      const trace = async (address, peer) => {
        await page.goto(url + "/#/trace");
        await page.locator("input[name=public]").fill(address);
        await page.locator("input[name=time]").fill(new Date(Date.now() + 7 * 3_600_000 - 30_000).toISOString().slice(11, 19));
        await page.locator("input[name=day]").fill(new Date(Date.now() + 7 * 3_600_000 - 30_000).toISOString().slice(0, 10));
        await page.locator("input[name=peer]").fill(peer);
        await page.locator("form button[type=submit]").click();
        await page.locator("main .note[role=status]").waitFor({ timeout: 60000 });
        return new URL(page.url()).hash.slice(2);
      };
      // news that comes while a person types leaves alone what was typed
      let typed;
      await page.route("**/api/v1/sensors*", async (route) => {
        await new Promise((done) => (typed = done));
        await route.continue();
      });
      await page.goto(url + "/#/trace");
      await page.locator("input[name=public]").fill("203.0.113.13");
      const news = page.waitForResponse("**/api/v1/sensors*");
      await waitFor(async () => typed);
      typed();
      await (await news).finished();
      await page.waitForTimeout(500);
      assert.equal(await page.locator("input[name=public]").inputValue(), "203.0.113.13");
      await page.unroute("**/api/v1/sensors*");
      const known = await trace("203.0.113.13", "192.0.2.53");
      await page.locator(".note.info", { hasText: "203.0.113.13" }).waitFor();
      await inAllLooks("trace-known", known, { vi: "Máy có thể", en: "Candidates" });
      const unknown = await trace("198.51.100.77", "");
      await page.locator(".note.unknown", { hasText: "Chưa thể nói là máy nào" }).waitFor();
      await inAllLooks("trace-unknown", unknown, { vi: "Chưa thể nói", en: "Cannot tell" });
      await inAllLooks("trace", "trace", { vi: "198.51.100.77", en: "198.51.100.77" });
      // an address of the office, and a peer that every host spoke to: candidates, and no name
      const several = await trace("198.51.100.17", "192.0.2.53");
      await page.locator(".note.unknown", { hasText: /Chưa thể nói là máy nào trong \d+ máy/ }).waitFor();
      await page.locator(".card", { hasText: "Địa chỉ lúc đó của ai" }).locator(".st.met").waitFor();
      await inAllLooks("trace-several", several, { vi: "Trong khoảng tìm", en: "Within the window" });
      await asUnit(page, { hunt, known });
      await contactsOf(page);
    } finally {
      await traffic.end();
    }
    // the sensor is gone: an order waits, and can be taken back
    await page.goto(url + "/#/hunt");
    await page.locator("form button[type=submit]").click();
    await page.locator(".head .btn", { hasText: "Dừng" }).click();
    await page.locator(".progress .st", { hasText: "đã dừng" }).first().waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });
});
