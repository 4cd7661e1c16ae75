// A real Chromium for the tests: fresh profile, no network of its own, every console error and CSP violation kept.
// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(new URL("../../console/package.json", import.meta.url));

export const url = process.env.CANH_URL ?? "";
export const login = process.env.CANH_LOGIN ?? "";
export const password = process.env.CANH_PASSWORD ?? "";
const pictures = process.env.CANH_PICTURES ?? "";

const paths = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const flags = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** Why the tests cannot run here, or false. */
export function missing() {
  if (!url) return "CANH_URL is not set: start a centre (tests/browser/start_centre.mjs) and name it";
  if (!paths.find((path) => path && existsSync(path))) return "no Chromium on this machine";
  try {
    require.resolve("playwright-core");
  } catch {
    return "playwright-core is not installed: run console/build.sh";
  }
  return false;
}

export async function openBrowser() {
  const { chromium } = require("playwright-core");
  const executablePath = paths.find((path) => path && existsSync(path));
  return chromium.launch({ executablePath, args: flags });
}

/** A page with the wanted language, theme and width; `faults` collects what went wrong on it. */
export async function openPage(browser, { language = "vi", theme = "light", width = 1280, state } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 844 : 900 }, ignoreHTTPSErrors: true, acceptDownloads: true,
    storageState: state,
  });
  await context.addInitScript(([lang, look]) => {
    localStorage.setItem("canh.language", lang);
    localStorage.setItem("canh.theme", look);
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.violations.push(event.violatedDirective + " " + event.blockedURI));
  }, [language, theme]);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push("error: " + error.message));
  page.on("console", (message) => {
    // a refused sign-in answers 401, which Chromium reports as a failed resource: that is the test's own doing
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push("console: " + message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(url).origin) && !/^(data|blob):/.test(request.url()))
      faults.push("went outside: " + request.url());
  });
  return { context, page, faults };
}

async function enter(page, name, secret) {
  await page.locator("input[name=login]").fill(name);
  await page.locator("input[name=password]").fill(secret);
  await page.locator("button[type=submit]").click();
}

/** The first sign-in of an account: its one-time password, then a password of its own. */
export async function firstSignIn(page, name, oneTime, own = password) {
  await page.goto(url + "/#/matrix");
  await enter(page, name, oneTime);
  await page.locator("input[name=again]").waitFor({ timeout: 15000 });
  await page.locator("input[name=old]").fill(oneTime);
  await page.locator("input[name=new]").fill(own);
  await page.locator("input[name=again]").fill(own);
  await page.locator("main button[type=submit]").click();
  await page.locator("input[name=again]").waitFor({ state: "detached", timeout: 15000 });
}

export async function signIn(page, name = login, secret = password) {
  await page.goto(url + "/#/matrix");
  await enter(page, name, secret);
  const refused = page.locator("[role=alert]");
  await page.locator(".rail").or(refused).first().waitFor({ timeout: 15000 });
  if ((await refused.count()) && process.env.CANH_ONE_TIME && name === login)
    await firstSignIn(page, name, process.env.CANH_ONE_TIME);
  await page.locator(".rail").waitFor({ timeout: 15000 });
}

/** Asks the API as the page does. */
export function api(page, method, path, body) {
  return page.evaluate(async ([verb, where, value]) => {
    const { csrf } = await (await fetch("/api/v1/session")).json();
    const answer = await fetch("/api/v1" + where, { method: verb, body: value && JSON.stringify(value),
      headers: { "X-CSRF-Token": csrf, ...(value ? { "Content-Type": "application/json" } : {}) } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(verb + " " + where + ": " + answer.status + " " + text);
    return text ? JSON.parse(text) : null;
  }, [method, path, body]);
}

/** What the page asks in its dialogue: fills the named fields and sends. */
export async function answerDialog(page, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const control = page.locator(`dialog [name=${name}]`);
    const kind = await control.evaluate((one) => one.tagName);
    await (kind === "SELECT" ? control.selectOption(value) : control.fill(value));
  }
  await page.locator("dialog form button[type=submit]").click();
  await page.locator("dialog").waitFor({ state: "detached", timeout: 15000 });
}

/** Waits until the page shows its figures: no "loading" is left. */
export async function settled(page) {
  await page.locator("main#main").waitFor({ timeout: 15000 });
  await page.waitForFunction(() => !document.querySelector(".loading"), null, { timeout: 15000 });
}

export async function picture(page, name) {
  if (!pictures) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, name + ".png") });
}
