"use strict";
// The search: an entry stays when each word is in it; one that has all of them in its name counts as nearer.
(() => {
  const input = document.getElementById("search"), count = document.getElementById("count");
  const entries = [...document.querySelectorAll("article")].map(e => ({ e, name: e.querySelector("h4").textContent.toLowerCase(), text: e.textContent.toLowerCase() }));
  const sections = [...document.querySelectorAll("main section")];
  const intro = [...document.querySelectorAll("main > section > p")];
  const search = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0, first = null;
    for (const entry of entries) {
      const hit = words.every(w => entry.text.includes(w));
      entry.e.hidden = !hit;
      if (!hit) continue;
      shown++;
      if (!first && words.length && words.every(w => entry.name.includes(w))) first = entry.e;
    }
    for (const s of sections) s.hidden = !s.querySelector("article:not([hidden])");
    for (const p of intro) p.hidden = words.length > 0;
    for (const e of document.querySelectorAll("mark")) e.replaceWith(...e.childNodes);
    if (words.length) for (const entry of entries) if (!entry.e.hidden) mark(entry.e.querySelector("h4 code"), words);
    count.textContent = words.length ? shown + (shown === 1 ? " entry" : " entries") : "";
    if (words.length) window.scrollTo(0, 0);
    const url = words.length ? "?q=" + encodeURIComponent(input.value) : location.pathname;
    try { history.replaceState(null, "", url + location.hash); } catch (_) { /* a page opened from a file */ }
    return first || entries.find(entry => !entry.e.hidden)?.e;
  };
  const mark = (node, words) => {
    const text = node.textContent, low = text.toLowerCase(), parts = [];
    let end = 0;
    for (const [at, length] of words.map(w => [low.indexOf(w), w.length]).filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0])) {
      if (at < end) continue;
      const m = document.createElement("mark");
      m.textContent = text.slice(at, at + length);
      parts.push(text.slice(end, at), m);
      end = at + length;
    }
    node.replaceChildren(...parts, text.slice(end));
  };
  input.addEventListener("input", search);
  input.form.addEventListener("submit", event => {
    event.preventDefault();
    const first = search();
    if (first) location.hash = first.id;
  });
  document.addEventListener("keydown", event => {
    if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); input.select(); }
    if (event.key === "Escape") { input.value = ""; search(); input.blur(); }
  });
  input.value = new URLSearchParams(location.search).get("q") || "";
  if (input.value) search();
})();
