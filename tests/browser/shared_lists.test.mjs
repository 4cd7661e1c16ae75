// Lists handed on, as an officer does it: an address for a firewall made, fetched and revoked; a feed of a TAXII server; a bundle
// saved and shown again before it is taken.
// SPDX-License-Identifier: Apache-2.0
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { auditPage } from "./audit.mjs";
import { api, missing, openBrowser, openPage, picture, settled, signIn, url } from "./browser.mjs";

const skip = missing();

describe("lists handed on", { skip }, () => {
  let browser, page, context, faults;

  before(async () => {
    browser = await openBrowser();
    ({ page, context, faults } = await openPage(browser, { language: "en" }));
    await signIn(page);
  });
  after(async () => browser?.close());

  const open = async (name) => {
    await page.goto(url + "/#/" + name);
    await settled(page);
  };
  const audit = async () => assert.deepEqual([...faults, ...(await page.evaluate(auditPage, false))], []);

  test("an address is made, shown once, fetched, and revoked", async () => {
    await open("lists");
    const button = page.getByRole("button", { name: "Give an address" });
    await button.click();
    await page.locator("dialog input[name=name]").fill("Border firewall");
    await page.locator("dialog select").first().selectOption("rpz");
    assert.ok(await page.locator("dialog select[name=answer]").isVisible());
    await audit();
    await page.locator("dialog button[type=submit]").click();
    await page.getByText("Shown once").waitFor();
    await audit();
    await picture(page, "block-address");
    const address = await page.locator("dialog code").first().innerText();
    assert.match(address, /\/api\/v1\/block-lists\/[0-9a-f]{64}\/canh\.zone$/);
    const { set } = await api(page, "GET", "/lists");
    const got = await page.request.get(address);
    assert.equal(got.status(), set ? 200 : 404);
    await page.keyboard.press("Escape");
    const row = page.locator("tr", { hasText: "Border firewall" });
    await row.waitFor();
    assert.ok(!(await page.locator("main").innerText()).includes(address.split("/").at(-2)));
    await row.getByRole("button", { name: "Revoke" }).click();
    await page.locator("dialog button[type=submit]").click();
    await page.locator("tr", { hasText: "Border firewall" }).getByText("revoked").waitFor();
    assert.equal((await page.request.get(address)).status(), 404);
  });

  test("a feed of a TAXII server asks for what that needs", async () => {
    await open("feeds");
    await page.getByRole("button", { name: "Subscribe" }).first().click();
    await page.locator("dialog select").first().selectOption("taxii");
    await page.locator("dialog select[name=auth]").selectOption("basic");
    await page.locator("dialog input[name=source]").fill("A TAXII server");
    await page.locator("dialog input[name=url]").fill("https://taxii.invalid/taxii2/");
    await page.locator("dialog input[name=login]").fill("officer");
    await page.locator("dialog input[name=secret]").fill("a secret of the browser test");
    await audit();
    await picture(page, "feed-taxii");
    await page.locator("dialog button[type=submit]").click();
    await page.locator("tr", { hasText: "A TAXII server" }).waitFor();
    const { feeds } = await api(page, "GET", "/feeds");
    const feed = feeds.find((one) => one.source === "A TAXII server");
    assert.deepEqual([feed.protocol, feed.auth, feed.login, feed.has_secret], ["taxii", "basic", "officer", true]);
    assert.ok(!JSON.stringify(feeds).includes("a secret of"));
    await api(page, "DELETE", "/feeds/" + feed.id);
  });

  test("what is no bundle is told in words", async () => {
    await open("feeds");
    await page.locator("input[type=file]").setInputFiles({
      name: "a.canhfeeds", mimeType: "application/octet-stream", buffer: Buffer.from("no bundle") });
    await page.getByText("no bundle of lists").waitFor();
    await audit();
    await context.close();
  });
});
