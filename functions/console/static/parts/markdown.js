import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext, useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { html } from "htm/preact";
import { Skeleton } from "./skeleton.js";

/** @typedef {Record<string, { url: string }>} Images those of a text, by the id that it names them by */
/** @typedef {(text: string, images: Images, inline: boolean) => DocumentFragment} Render */
/** @typedef {{ text: string, images?: Images, id?: string, class?: string }} Props */

const TAGS = [
  ..."p br hr h3 h4 h5 h6 ul ol li blockquote pre code em strong del a table thead tbody tr th td bdi img".split(" "),
];
// Blanks beside the signs tell sums of money from formulas.
const FORMULA = /^(\$\$[^$]+?\$\$|\$(?!\s)(?:\\\$|[^$\n])+?(?<!\s)\$(?!\d))/;
const FORMULA_BLOCK = /^\$\$[^$]+?\$\$[ \t]*(?:\n+|$)/;
/** @type {Images} */
const NONE = {};
/** The images of a question, for all texts of it that stand within. */
export const QuestionImages = createContext(NONE);

/** @type {import("@preact/signals").Signal<{ render: Render } | null>} */
const renderer = signal(null);
/** @type {Promise<{ render: Render }> | null} */
let loading = null;

/** Text that users write as Markdown. HTML in it is shown as text, formulas as they are typed.
 * @param {{ text: string, images?: Images }} props */
export function Markdown({ text, images }) {
  const isReady = useRenderer() !== null;
  return isReady ? html`<${Rendered} text=${text} images=${images} />` : html`<${Skeleton} lines=${4} />`;
}

/** As `Markdown`, where there is no waiting: the text stands as typed until it can be rendered. @param {Props} props */
export function QuestionText(props) {
  return html`<${Rendered} ...${props} />`;
}

/** Markdown within a line, such as a choice. @param {Props} props */
export function InlineMarkdown(props) {
  return html`<${Rendered} ...${props} inline />`;
}

/** What makes plain text of Markdown within a line, for names and lists of options. */
export function usePlainText() {
  const render = useRenderer();
  return (/** @type {string} */ text) => render ? render(text, NONE, true).textContent ?? "" : text;
}

/** @param {Props & { inline?: boolean }} props */
function Rendered({ text, images: own, id, class: name = "", inline = false }) {
  const render = useRenderer();
  const around = useContext(QuestionImages);
  const images = own ?? around;
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  // The links of images are others at each look; those that are loaded stay.
  useLayoutEffect(() => {
    if (render) place.current?.replaceChildren(render(text, images, inline));
    else if (place.current) place.current.textContent = text;
  }, [render, text, inline, Object.keys(images).join()]);
  return inline
    ? html`<span id=${id} class="markdown ${name}" dir="auto" ref=${place}></span>`
    : html`<div id=${id} class=${render ? `markdown ${name}` : `markdown as-typed ${name}`} dir="auto" ref=${place}></div>`;
}

function useRenderer() {
  useEffect(() => {
    loading ??= load();
    loading.then((it) => (renderer.value = it), () => (loading = null));
  }, []);
  return renderer.value?.render ?? null;
}

async function load() {
  const [{ Marked }] = await Promise.all([import("marked"), import("dompurify")]);
  let shown = NONE;
  const marked = new Marked({
    gfm: true,
    breaks: true,
    extensions: [
      formula("formula", "inline", /\$/, FORMULA, (text) => `<bdi dir="ltr">${escape(text)}</bdi>`),
      formula("formulas", "block", /^\$\$/m, FORMULA_BLOCK, (text) => `<p><bdi dir="ltr">${escape(text.trim())}</bdi></p>`),
    ],
    renderer: {
      html: (/** @type {{ text: string }} */ { text }) => escape(text),
      // Only those that the API has: any other is a request to somebody else's server.
      image(/** @type {{ href: string, text: string }} */ { href, text }) {
        const image = href.startsWith("image:") && shown[nameOf(href)];
        return image ? `<img src="${escape(image.url)}" alt="${escape(text)}">` : escape(text);
      },
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
  /** @type {Render} */
  const render = (text, images, inline) => {
    shown = images;
    return purify.sanitize(inline ? marked.parseInline(text) : marked.parse(text), {
      ALLOWED_TAGS: TAGS,
      ALLOWED_ATTR: ["href", "start", "src", "alt", "dir"],
      ALLOWED_URI_REGEXP: /^https?:/i,
      RETURN_DOM_FRAGMENT: true,
    });
  };
  return { render };
}

/**
 * A formula in TeX stays text: its underscores and asterisks emphasize nothing.
 * @param {string} name @param {"inline" | "block"} level @param {RegExp} start @param {RegExp} form @param {(text: string) => string} shown
 */
function formula(name, level, start, form, shown) {
  return {
    name,
    level,
    start: (/** @type {string} */ text) => start.exec(text)?.index,
    tokenizer(/** @type {string} */ text) {
      const found = form.exec(text);
      return found ? { type: name, raw: found[0], text: found[0] } : undefined;
    },
    renderer: (/** @type {{ text: string }} */ { text }) => shown(text),
  };
}

/** Of an image, whose name is percent-encoded. @param {string} href */
function nameOf(href) {
  const name = href.slice("image:".length);
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
    return name;
  }
}

/** @param {string} text */
function escape(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
