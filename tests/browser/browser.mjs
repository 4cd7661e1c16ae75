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

export async function signIn(page) {
  await page.goto(url + "/#/matrix");
  await page.locator("input[name=login]").fill(login);
  await page.locator("input[name=password]").fill(password);
  await page.locator("button[type=submit]").click();
  await page.locator(".rail").waitFor({ timeout: 15000 });
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
