// What must hold on every page, measured inside it: names on controls, one heading, contrast, no sideways scrolling.
// SPDX-License-Identifier: Apache-2.0

/** Runs in the page. Returns a list of faults in words. */
export function auditPage(narrow) {
  const faults = [];
  const root = document.documentElement;
  const shown = (element) => element.getClientRects().length > 0;
  const nameOf = (element) => {
    const by = element.getAttribute("aria-labelledby");
    const label = element.closest("label") ?? (element.id && document.querySelector(`label[for="${element.id}"]`));
    return (element.getAttribute("aria-label") || (by && document.getElementById(by)?.textContent)
      || label?.textContent || element.textContent || element.getAttribute("title") || "").trim();
  };
  for (const control of document.querySelectorAll("a[href], button, input, select, textarea, summary"))
    if (shown(control) && !nameOf(control)) faults.push("no name: " + control.outerHTML.slice(0, 120));
  for (const image of document.querySelectorAll("svg"))
    if (!image.closest("[aria-hidden=true]") && !(image.getAttribute("role") === "img" && image.getAttribute("aria-label")))
      faults.push("picture without a name: " + image.outerHTML.slice(0, 120));
  if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
  if (!document.querySelector("main")) faults.push("no main");
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice) faults.push("the id " + twice + " stands twice");
  for (const table of document.querySelectorAll("table"))
    if (!table.closest(".a4") && !table.querySelector("caption")) faults.push("a table without a caption");
  if (!narrow)
    for (const table of document.querySelectorAll("main .card table"))
      if (table.getBoundingClientRect().right > table.closest(".card").getBoundingClientRect().right + 1)
        faults.push("a table wider than its card: " + (table.caption?.textContent ?? "").trim());
  if (narrow && root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll("main *")].filter((element) =>
      element.getBoundingClientRect().right > root.clientWidth + 1 && !element.closest(".scroll, .addr, .steps, .seg"));
    faults.push("scrolls sideways: " + wide.slice(0, 3).map((e) => e.tagName + "." + e.className).join(", "));
  }
  if (/\b(undefined|NaN|\[object Object\])\b/.test(document.body.innerText)) faults.push("undefined, NaN or an object in the text");
  if (/\{\w+(\|[^}]*)?\}/.test(document.querySelector("main")?.innerText ?? "")) faults.push("an unfilled {place}");
  for (const violation of window.violations ?? []) faults.push("CSP: " + violation);
  return faults;
}

/** Runs in the page: WCAG contrast of each pair of tokens that can stand on one another. */
export function contrastOfTokens() {
  const style = getComputedStyle(document.documentElement);
  const parse = (name) => {
    const probe = document.createElement("i");
    document.body.append(probe);
    probe.style.color = style.getPropertyValue(name);
    const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
    probe.remove();
    return [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  };
  const light = (name) => {
    const [r, g, b] = parse(name);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [x, y] = [light(a), light(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05);
  };
  const grounds = ["--paper", "--sheet", "--well"];
  const pairs = [];
  for (const ink of ["--ink", "--ink-2", "--ink-3", "--act", "--met", "--said", "--unmet", "--waived", "--unknown", "--soon"])
    for (const ground of grounds) pairs.push([ink, ground, 4.5]);
  for (const state of ["met", "said", "unmet", "waived", "unknown", "soon"]) pairs.push([`--${state}`, `--${state}-bg`, 4.5]);
  for (const ink of ["--ink", "--ink-2", "--act"]) pairs.push([ink, "--act-soft", 4.5]);
  pairs.push(["--act-ink", "--act", 4.5], ["--night-ink", "--night", 4.5], ["--night-ink-2", "--night", 4.5]);
  for (const ground of grounds) pairs.push(["--line-2", ground, 3], ["--focus", ground, 3]);
  return pairs.map(([ink, ground, least]) => ({ ink, ground, least, is: ratio(ink, ground) })).filter((one) => one.is < one.least);
}
