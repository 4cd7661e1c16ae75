// Every page, in both languages and both themes, on a phone and on a desk: content, no error, no CSP violation, names.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { auditPage, contrastOfTokens } from "./audit.mjs";
import { login, missing, openBrowser, openPage, password, picture, settled, signIn, url } from "./browser.mjs";

const skip = missing();
let browser, state, ids;

const looks = [
  { language: "vi", theme: "light", width: 1280 }, { language: "en", theme: "dark", width: 1280 },
  { language: "vi", theme: "dark", width: 390 }, { language: "en", theme: "light", width: 390 },
];

// page, the words it must show in each language; a page of one thing takes its identifier from the API
const pages = [
  ["matrix", /Số liệu tính đến|Chưa nạp/, /Figures as of|No directive/],
  ["units", /Đơn vị/, /Units/], ["unit", /Đầu mối liên hệ/, /People/],
  ["machines", /Ghi danh máy/, /Enrol a machine/], ["machine", /Rà quét ngay|Đang chờ rà quét/, /Sweep now|Sweep is queued/],
  ["lists", /Danh sách đã nhận/, /Lists received/], ["list", /Đọc được gì/, /What was read/],
  ["import", /Không ghi gì cho tới bước cuối cùng/, /Nothing is written until the last/],
  ["capture", /bộ dấu hiệu đang dùng/, /set in use/],
  ["findings", /Phát hiện/, /Findings/], ["incidents", /Sự cố/, /Incidents/], ["incident", /Diễn biến sự cố/, /Timeline/],
  ["reports", /Báo cáo/, /Reports/], ["report", /Số liệu và minh chứng/, /Figures and evidence/],
  ["enrol", /mã dùng một lần/, /one-time token/], ["offline", /Tệp kết quả có chữ ký/, /Signed result files/],
  ["accounts", /Ai được đăng nhập/, /Who may sign in/], ["status", /Tiến trình/, /Processes/],
  ["traffic", /Máy nào của ta nói chuyện với ai/, /Which of our machines talks to whom/],
  ["hunt", /Tìm trong dữ liệu đã lưu/, /Searches what was kept/], ["trace", /Địa chỉ công cộng bị nêu tên/, /Which machine stood behind/],
  ["feeds", /Danh sách tự tải về theo lịch/, /Lists fetched on a schedule/],
  ["password", /Mật khẩu hiện tại/, /Present password/],
];
const single = { unit: ["units", "units"], machine: ["machines", "machines"], list: ["lists", "batches"],
  incident: ["incidents?state=all", "incidents"], report: ["reports", "reports"] };

async function firstIds(page) {
  return page.evaluate(async (wanted) => {
    const found = {};
    for (const [name, [path, key]] of Object.entries(wanted)) {
      const answer = await fetch("/api/v1/" + path);
      found[name] = answer.ok ? (await answer.json())[key]?.[0]?.id : undefined;
    }
    return found;
  }, single);
}

describe("pages", { skip }, () => {
  before(async () => {
    browser = await openBrowser();
    const { page, context } = await openPage(browser);
    await signIn(page);
    ids = await firstIds(page);
    state = await context.storageState();
    await context.close();
  });
  after(async () => browser?.close());

  test("a wrong password is told in words, and the right one opens the matrix", async () => {
    const { page, context, faults } = await openPage(browser);
    await page.goto(url + "/");
    await page.locator("input[name=login]").fill(login);
    await page.locator("input[name=password]").fill(password + "-sai");
    await page.locator("button[type=submit]").click();
    await page.locator("[role=alert]").waitFor();
    assert.ok((await page.locator("[role=alert]").innerText()).length > 10);
    assert.deepEqual(await page.evaluate(auditPage, false), []);
    await page.locator("input[name=password]").fill(password);
    await page.locator("button[type=submit]").click();
    await page.locator(".rail").waitFor();
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("text and controls keep their contrast in both themes", async () => {
    for (const theme of ["light", "dark"]) {
      const { page, context } = await openPage(browser, { theme, state });
      await page.goto(url + "/#/matrix");
      await settled(page);
      assert.deepEqual(await page.evaluate(contrastOfTokens), [], theme);
      await context.close();
    }
  });

  for (const look of looks) {
    for (const [name, vi, en] of pages) {
      const title = `${name}, ${look.language}, ${look.theme}, ${look.width} px`;
      test(title, async (t) => {
        const id = name in single ? ids[name] : "";
        if (name in single && !id) return t.skip("there is no " + name + " in this centre");
        const { page, context, faults } = await openPage(browser, { ...look, state });
        await page.goto(url + "/#/" + name + (id ? "/" + id : ""));
        await settled(page);
        await page.waitForFunction((words) => new RegExp(words).test(document.querySelector("main").innerText),
          (look.language === "vi" ? vi : en).source, { timeout: 10000 });
        assert.equal(await page.locator("html").getAttribute("lang"), look.language);
        assert.equal(await page.locator("html").getAttribute("data-theme"), look.theme);
        await picture(page, `${name}-${look.width}-${look.theme}-${look.language}`);
        assert.deepEqual([...faults, ...(await page.evaluate(auditPage, look.width < 500))], []);
        await context.close();
      });
    }
  }

  for (const [language, width] of [["vi", 1280], ["en", 1280], ["vi", 1440], ["en", 1440]])
    test(`an open proof stands beside the matrix and neither covers the other, ${language}, ${width} px`, async () => {
      const { page, context, faults } = await openPage(browser, { language, width, state });
      await page.goto(url + "/#/matrix");
      await settled(page);
      await page.locator("a.cell").first().click();
      await page.locator(".panel .prove li").first().waitFor();
      assert.deepEqual([...faults, ...(await page.evaluate(auditPage, false))], []);
      await context.close();
    });

  test("the keyboard finds, helps and walks", async () => {
    const { page, context, faults } = await openPage(browser, { state });
    await page.goto(url + "/#/units");
    await settled(page);
    await page.keyboard.press("Control+k");
    await page.locator("dialog input").waitFor();
    await page.keyboard.type("tinh trang"); // without accents
    await page.locator("[role=option]", { hasText: "Tình trạng" }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash === "#/status");
    await page.keyboard.press("?");
    await page.locator("dialog .keys").waitFor();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("dialog"));
    await page.goto(url + "/#/units");
    await settled(page);
    await page.keyboard.press("j");
    await page.locator("tr.cursor").waitFor();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash.startsWith("#/unit/"));
    assert.deepEqual(faults, []);
    await context.close();
  });

  test("a filter is kept in the address and the address restores it", async () => {
    const { page, context } = await openPage(browser, { state });
    await page.goto(url + "/#/machines?q=khong-co-may-nay");
    await settled(page);
    assert.equal(await page.locator("input[data-filter]").inputValue(), "khong-co-may-nay");
    await page.locator("input[data-filter]").fill("x");
    await page.waitForFunction(() => location.hash.includes("q=x"));
    await context.close();
  });

  test("cut off from the server, the old figures stay and the page says so", async () => {
    const { page, context } = await openPage(browser, { state });
    await page.goto(url + "/#/units");
    await settled(page);
    const before = await page.locator("main").innerText();
    await context.setOffline(true);
    await page.evaluate(() => location.assign("#/machines"));
    await page.locator(".banner[role=alert]").waitFor({ timeout: 40000 });
    await page.evaluate(() => location.assign("#/units"));
    await page.waitForTimeout(300);
    const kept = await page.locator("main .tbl").innerText();
    assert.ok(before.includes(kept.split("\n")[3] ?? kept.slice(0, 20)), "the figures went away");
    await context.close();
  });

  test("a session that ended leads to sign-in and back to the same page", async () => {
    const { page, context } = await openPage(browser);
    await signIn(page);
    await page.goto(url + "/#/units");
    await settled(page);
    await context.clearCookies();
    await page.evaluate(() => location.assign("#/machines"));
    await page.locator("input[name=login]").waitFor();
    await page.locator("input[name=login]").fill(login);
    await page.locator("input[name=password]").fill(password);
    await page.locator("button[type=submit]").click();
    await page.locator(".rail").waitFor();
    assert.equal(new URL(page.url()).hash, "#/machines");
    await context.close();
  });
});
