import { useEffect, useState } from "preact/hooks";
import { html } from "htm/preact";
import { Skeleton } from "./skeleton.js";

const TAGS = [
  ..."p br hr h3 h4 h5 h6 ul ol li blockquote pre code em strong del a table thead tbody tr th td".split(" "),
];
/** @type {Promise<(text: string) => DocumentFragment> | null} */
let renderer = null;

/** Text that users write as Markdown. HTML in it is shown as text. @param {{ text: string }} props */
export function Markdown({ text }) {
  const [render, setRender] = useState(/** @type {{ it: (text: string) => DocumentFragment } | null} */ (null));
  useEffect(() => {
    renderer ??= load();
    renderer.then((it) => setRender({ it }));
  }, []);
  if (!render) return html`<${Skeleton} lines=${4} />`;
  /** @param {HTMLElement | null} place */
  const fill = (place) => place?.replaceChildren(render.it(text));
  return html`<div class="markdown" dir="auto" ref=${fill}></div>`;
}

async function load() {
  const [{ Marked }] = await Promise.all([
    import("marked"),
    import("dompurify"),
  ]);
  const marked = new Marked({
    gfm: true,
    breaks: true,
    renderer: {
      html: (/** @type {{ text: string }} */ { text }) => escape(text),
      image: (/** @type {{ text: string }} */ { text }) => escape(text),
      // The screen's own headings are the first two.
      heading(/** @type {any} */ { tokens, depth }) {
        const level = Math.min(6, depth + 2);
        return `<h${level}>${/** @type {any} */ (this).parser.parseInline(tokens)}</h${level}>`;
      },
    },
  });
  const purify = /** @type {any} */ (globalThis).DOMPurify;
  purify.addHook("afterSanitizeAttributes", (/** @type {Element} */ node) => {
    if (node.tagName === "A") {
      node.setAttribute("rel", "noopener noreferrer");
      node.setAttribute("target", "_blank");
    }
  });
  return (/** @type {string} */ text) =>
    purify.sanitize(marked.parse(text), {
      ALLOWED_TAGS: TAGS,
      ALLOWED_ATTR: ["href", "start"],
      ALLOWED_URI_REGEXP: /^https?:/i,
      RETURN_DOM_FRAGMENT: true,
    });
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
