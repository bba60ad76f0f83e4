// What a screen reader would miss: landmarks, names of controls and links, headings in order, table headers, languages.
(() => {
  const found = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const name = (e) => (e.getAttribute("aria-label") || e.innerText || e.textContent || e.title || "").trim() ||
    (e.getAttribute("aria-labelledby") || "").split(" ").map((id) => document.getElementById(id)?.textContent || "").join("").trim();
  for (const [selector, count] of [["main", 1], ["body > header", 1], ["body > footer", 1], ["h1", 1]]) {
    if (all(selector).length !== count) found.push(`${selector}: ${all(selector).length}`);
  }
  if (!document.documentElement.lang) found.push("no language");
  if (!document.title.trim()) found.push("no title");
  all("a[href], button, summary").forEach((e) => name(e) || found.push(`no name: ${e.outerHTML.slice(0, 80)}`));
  all("input:not([type=hidden]), select, textarea").forEach((e) => {
    if (!e.labels?.length && !e.getAttribute("aria-label")) found.push(`no label: ${e.outerHTML.slice(0, 80)}`);
  });
  all("svg").forEach((e) => ["img", "group"].includes(e.getAttribute("role")) && name(e) || found.push("a plot without a name"));
  all("nav").forEach((e) => name(e) && e.getAttribute("aria-label") || found.push("a navigation without a name"));
  let level = 0;
  all("h1, h2, h3, h4").forEach((e) => {
    const own = Number(e.tagName[1]);
    if (own > level + 1) found.push(`heading ${own} after ${level}: ${e.textContent.slice(0, 30)}`);
    level = own;
  });
  all("thead th").forEach((e) => e.scope || found.push(`a header without a scope: ${e.textContent}`));
  const ids = all("[id]").map((e) => e.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => found.push(`twice: #${id}`));
  all("a[href^='#']").forEach((e) => document.getElementById(decodeURIComponent(e.hash.slice(1))) || found.push(`leads nowhere: ${e.hash}`));
  return [...new Set(found)].slice(0, 10);
})();
