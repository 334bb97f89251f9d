// What the pages have beyond HTML: the reader's own time, a copy button, and a new look when the incident changes.
"use strict";

const localTimes = (within) => {
  const shown = new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" });
  for (const each of within.querySelectorAll("time[datetime]:not([title])")) {
    const at = new Date(each.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    each.title = each.textContent;
    if (at.getTimezoneOffset() !== 0) each.textContent += ` (${shown.format(at)} your time)`;
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
