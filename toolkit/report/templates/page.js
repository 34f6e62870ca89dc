"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = one("#tools"), query = one("#query"), status = one("#status"), review = one("#review");
  const next = one("#next"), clear = one("#clear"), unfold = one("#unfold"), back = one("#back");
  const menus = all("select[data-facet]"), bars = all("button[data-facet]"), articles = all("article");
  const MAX_HITS = 2000, MAX_OPENED = 10, SLICE = 12, PAUSE = 40;
  const marks = "highlights" in CSS ? new Highlight() : null, current = marks && new Highlight();
  if (marks) CSS.highlights.set("hits", marks).set("current", current);

  // One character for one character, so that a place in the folded text is the place in the text.
  const folded = new Map();
  const foldOne = (c) => {
    let f = folded.get(c);
    if (f === undefined) {
      f = c === "đ" || c === "Đ" ? "d" : c.normalize("NFD")[0].toLowerCase()[0];
      folded.set(c, f);
    }
    return f;
  };
  const fold = (text) => text.replace(/[A-Z\u0080-\uffff]/g, foldOne);
  // What stands in an article beside its text: labels, scores, headings.
  const BESIDE = ".side, .topics, .number, .note, h4, summary, .dropped .chip";
  const ofText = (node) => node.nodeType === Node.TEXT_NODE ? NodeFilter.FILTER_ACCEPT : node.matches(BESIDE) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  // The text nodes of an article with their folded text, and all of it together.
  const nodes = new Map(), texts = new Map();
  const nodesOf = (article) => {
    let found = nodes.get(article);
    if (found === undefined) {
      nodes.set(article, (found = []));
      const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, ofText);
      for (let node; (node = walker.nextNode()); ) found.push([node, fold(node.data)]);
      texts.set(article, found.map(([, text]) => text).join(""));
    }
    return found;
  };
  const textOf = (article) => (nodesOf(article), texts.get(article));
  // Long work in slices, so that typing and scrolling go on: `step` works a little and returns whether there is more.
  const sliced = (step) => {
    const until = performance.now() + SLICE;
    while (step()) if (performance.now() > until) return void setTimeout(sliced, 0, step);
  };
  const facetsOf = new Map(articles.map((a) => [a, (facet) => a.dataset[facet].split(" ")]));
  const wanted = () => menus.filter((m) => m.value !== "").map((m) => [m.dataset.facet, m.value]);

  let hits = [], place = -1, latest = 0;
  const mark = (article, needle) => {
    for (const [node, text] of nodesOf(article)) {
      for (let at = text.indexOf(needle); at >= 0 && hits.length < MAX_HITS; at = text.indexOf(needle, at + needle.length)) {
        const range = new Range();
        range.setStart(node, at);
        range.setEnd(node, at + needle.length);
        hits.push(range);
      }
    }
  };
  const markAll = (shown, needle, done) => {
    const turn = ++latest;
    let at = 0, opened = 0;
    sliced(() => {
      if (turn !== latest) return false;
      if (needle === "" || at >= shown.length || hits.length >= MAX_HITS) return done(), false;
      const article = shown[at++], before = hits.length;
      mark(article, needle);
      if (hits.length > before && opened < MAX_OPENED) {
        article.querySelector("details.text").open = true;
        opened += 1;
      }
      return true;
    });
  };

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const apply = () => {
    const needle = fold(query.value.normalize("NFC").trim().replace(/\s+/g, " "));
    const filters = wanted();
    hits = [];
    place = -1;
    if (marks) marks.clear(), current.clear();
    const shown = articles.filter((article) => {
      const facet = facetsOf.get(article);
      const fits = filters.every(([name, value]) => facet(name).includes(value)) &&
        (!review.checked || "review" in article.dataset) && (needle === "" || textOf(article).includes(needle));
      if (article.hidden === fits) article.hidden = !fits;
      return fits;
    });
    for (const bar of bars) bar.setAttribute("aria-pressed", String(filters.some(([f, v]) => f === bar.dataset.facet && v === bar.dataset.value)));
    clear.hidden = !filters.length && !review.checked && needle === "";
    markAll(shown, needle, () => {
      const parts = [shown.length ? fill(status.dataset.shown, { shown: shown.length, total: articles.length }) : status.dataset.nothing];
      if (needle !== "" && shown.length) parts.push(fill(status.dataset.hits, { hits: hits.length + (hits.length >= MAX_HITS ? "+" : "") }));
      status.textContent = parts.join(" · ");
      if (marks) for (const range of hits) marks.add(range);
      next.hidden = hits.length === 0;
    });
  };

  const goTo = (element) => {
    for (let d = element.parentElement.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    const article = element.closest("article");
    if (article && article.hidden) {
      form.reset();
      apply();
    }
  };
  const land = () => {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    goTo(target);
    target.scrollIntoView({ block: target.matches(".said") ? "center" : "start" });
    if (target.matches("[tabindex]")) target.focus({ preventScroll: true });
  };

  let timer = 0;
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, PAUSE);
  });
  for (const control of [...menus, review]) control.addEventListener("change", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    if (place < 0) apply();
    if (!hits.length) return;
    place = (place + 1) % hits.length;
    const element = hits[place].startContainer.parentElement;
    if (current) current.clear(), current.add(hits[place]);
    goTo(element);
    element.scrollIntoView({ block: "center" });
  });
  for (const bar of bars) bar.addEventListener("click", () => {
    const menu = menus.find((m) => m.dataset.facet === bar.dataset.facet);
    if (!menu) return;
    menu.value = menu.value === bar.dataset.value ? "" : bar.dataset.value;
    apply();
  });
  for (const more of all(".chart .unfold")) more.addEventListener("click", () => {
    for (const body of all("tbody.more", more.parentElement)) body.hidden = false;
    more.remove();
  });
  unfold.addEventListener("click", () => {
    const open = unfold.getAttribute("aria-pressed") !== "true";
    for (const text of all("details.text")) text.open = open;
    unfold.setAttribute("aria-pressed", String(open));
    unfold.textContent = open ? unfold.dataset.close : unfold.dataset.open;
  });
  // A jump can be taken back: by the button, by Escape, or by the browser's own way back. The browser tells of a jump
  // (hashchange) later than it makes it: one that was taken back by then stays taken back.
  let origin = null, undone = null;
  const leave = () => {
    origin = null;
    back.hidden = true;
  };
  const goBack = (link) => {
    undone = link;
    leave();
    if (!link) return;
    goTo(link);
    link.scrollIntoView({ block: "center" });
    link.focus({ preventScroll: true });
  };
  back.addEventListener("click", () => goBack(origin));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && origin && event.target !== query) goBack(origin);
  });
  addEventListener("hashchange", () => {
    if (location.hash.length <= 1) goBack(origin);
    else if (undone && undone.hash === location.hash) goBack(undone);
    else land();
    undone = null;
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest('a[href^="#a"]');
    if (!link) return;
    origin = link;
    undone = null;
    back.hidden = false;
    if (link.hash === location.hash) land();
  });
  apply();
  land();
  // Make the first search as quick as the next ones, once the page is at rest.
  addEventListener("load", () => {
    let at = 0;
    setTimeout(sliced, 300, () => at < articles.length && (nodesOf(articles[at++]), true));
  });
})();
