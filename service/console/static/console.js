// What the pages have beyond HTML: the reader's own time, a copy button, and a new look when the incident changes.
"use strict";

const parts = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" }); // 2026-11-30 02:39:52

// The reader's own time first, and UTC beside it: without its day where that is the same.
const localTimes = (within) => {
  for (const each of within.querySelectorAll("time[datetime]:not([title])")) {
    const at = new Date(each.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const utc = each.textContent;
    each.title = utc;
    if (at.getTimezoneOffset() === 0) continue;
    const own = parts.format(at);
    const beside = utc.slice(0, 10) === own.slice(0, 10) ? utc.slice(11) : utc;
    each.textContent = `${own} (${beside})`;
  }
};

const printButtons = (within) => {
  for (const each of within.querySelectorAll("button[data-print]")) {
    each.hidden = false;
    each.addEventListener("click", () => window.print());
  }
};

const copyButtons = (within) => {
  for (const each of within.querySelectorAll("button[data-copy]")) {
    if (!navigator.clipboard) continue;
    each.hidden = false;
    each.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(each.dataset.copy).textContent);
      each.textContent = "Copied";
    });
  }
};

const dress = (within) => {
  localTimes(within);
  copyButtons(within);
  printButtons(within);
};

const beingWritten = () => [...document.querySelectorAll("main form")].some((form) => form.matches(":focus-within"));

let missed = false; // news that came while nobody looked

const renew = async () => {
  missed = document.hidden || beingWritten(); // nobody's half-written word is thrown away
  if (missed) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("main");
  if (!fresh) return;
  dress(fresh);
  document.querySelector("main").replaceWith(document.adoptNode(fresh));
  document.title = page.title;
};

const live = () => {
  const shown = document.querySelector("[data-live]");
  if (shown) new EventSource(shown.dataset.live).addEventListener("changed", renew);
  const every = document.querySelector("[data-every]");
  if (every) setInterval(renew, 1000 * Number(every.dataset.every));
};

document.addEventListener("visibilitychange", () => {
  if (missed && !document.hidden) renew();
});
dress(document);
live();
