// A formula stands in a page twice, for eyes and for screen readers: a search reads it once.
const plain = Search.htmlToText;
const twice = /<span class="katex-mathml">.*?<\/math><\/span>/gs;
Search.htmlToText = (html, anchor) => plain(html.replace(twice, ""), anchor);
