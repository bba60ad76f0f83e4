// Words in the other language than the page's: Han outside what is marked as Chinese, English words in a Chinese page.
(() => {
  const NAMES = /^(?:yuanben|SQL|CSV|XLSX|Excel|JSON|HTML|PDF|Parquet|WARC|WACZ|GraphML|Atom|RSS|Memento|TimeMap|BibTeX|ZIP|Word|ETag|HTTP|HTTPS|URL|ID|IP|UTC|English|Datasette|SQLite|robots|txt|OR|AND|NOT|SHA|GET|POST|LIKE|BROKEN)$/i;
  const language = document.documentElement.lang.slice(0, 2);
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement, text = node.textContent.trim();
    if (!text || element.closest("style, script, svg, code, pre, kbd, samp, textarea, option, .raw, .machine")) continue;
    const own = element.closest("[lang]").lang.slice(0, 2);
    // A name within an English sentence needs no mark.
    if (own === "en" && /\p{Script=Han}/u.test(text) && !/[a-z]{3}/.test(text)) found.push(`Chinese: ${text.slice(0, 60)}`);
    // Who writes SQL reads names of tables and the values that they hold.
    if (own !== "zh" || language !== "zh" || document.body.matches(".data, .query")) continue;
    // An option of the command line, an address, a file's name, a digest and a date are the same in every language.
    const words = text.replace(/--[a-z]+|Last-Modified|\S*[/@:._=]\S*|\b[0-9a-f]{8,}\b|\S*\d\S*/gi, " ").match(/[A-Za-z]{3,}/g) || [];
    words.filter((word) => !NAMES.test(word)).forEach((word) => found.push(`English: ${word} in ${text.slice(0, 60)}`));
  }
  return [...new Set(found)].slice(0, 10);
})();
