import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { get } from "../../api.js";
import { fileSize, t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Icon } from "../../parts/icon.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Markdown } from "../../parts/markdown.js";
import { UserText } from "../../parts/values.js";
import { go } from "../../router.js";

/** @import { AssetView, LessonView, TopicView } from "lms/api" */

// A link to a file is asked for anew so long before it ends.
const MARGIN_S = 60;

/**
 * One lesson: its text, file, video and links; done or not; the way to the next.
 * @param {{
 *   topic: TopicView, isDone: boolean, onMark: (done: boolean) => Promise<void>, previous: string | null, next: string, isLast: boolean
 * }} props `next` is the course itself after the last lesson
 */
export function Lesson({ topic, isDone, onMark, previous, next, isLast }) {
  const lesson = useLoad(() => get("/lessons/{lessonId}", { params: { lessonId: topic.topicId } }));
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const validFor = lesson.data?.asset?.expiresIn;
  useEffect(() => {
    if (validFor === undefined) return;
    const renewal = setInterval(lesson.reload, (validFor - MARGIN_S) * 1000);
    return () => clearInterval(renewal);
  }, [validFor]);

  async function finish() {
    if (!isDone) await onMark(true);
    go(next);
  }

  return html`
    <article class="card lesson" aria-labelledby="lesson">
      <header class="card-head">
        <h2 id="lesson" tabindex="-1" ref=${heading}><${UserText}>${topic.title}<//></h2>
        <${Button} small icon=${isDone ? "check" : undefined} aria-pressed=${isDone ? "true" : "false"} onClick=${() => onMark(!isDone)}>
          ${isDone ? t("student.course.isDone") : t("student.lesson.markDone")}
        <//>
      </header>
      <${Loaded} of=${lesson} lines=${6}>${(/** @type {LessonView} */ data) => html`<${Content} lesson=${data} />`}<//>
      <footer class="lesson-end">
        ${previous && html`<${Button} kind="quiet" icon="back" href=${previous}>${t("student.lesson.previous")}<//>`}
        <${Button} kind="main" onClick=${finish}>
          ${isDone ? (isLast ? t("student.lesson.toCourse") : t("student.lesson.next")) : isLast ? t("student.lesson.finish") : t("student.lesson.doneAndNext")}
        <//>
      </footer>
    </article>
  `;
}

/** @param {{ lesson: LessonView }} props */
function Content({ lesson }) {
  const { text, images, asset, contentUrl, duration, subtopics } = lesson;
  if (!text && !asset && !contentUrl && subtopics.length === 0) return html`<${EmptyState} icon="book" text=${t("student.lesson.empty")} />`;
  return html`
    ${duration !== null && html`<p class="quiet"><${Icon} name="clock" /> ${t("exam.minutes", { count: Math.max(1, Math.round(duration / 60)) })}</p>`}
    ${text && html`<${Markdown} text=${text} images=${images} />`}
    ${asset && html`<${Asset} asset=${asset} title=${lesson.title} />`}
    ${contentUrl && html`<p><a class="resource" href=${contentUrl} target="_blank" rel="noopener noreferrer"><${Icon} name="video" />
      <span>${t("student.lesson.open")} <span class="quiet" dir="ltr">${new URL(contentUrl).host}</span></span></a></p>`}
    ${subtopics.length > 0 && html`
      <h3>${t("student.lesson.materials")}</h3>
      <ul class="resources">
        ${subtopics.map((subtopic) => html`
          <li key=${subtopic.id}>
            <${UserText}>${subtopic.title}<//>
            <span class="row">
              ${subtopic.videoLink && html`<${Out} href=${subtopic.videoLink} icon="video" text=${t("student.lesson.video")} of=${subtopic.title} />`}
              ${subtopic.githubRepoLink && html`<${Out} href=${subtopic.githubRepoLink} icon="link" text=${t("student.lesson.code")} of=${subtopic.title} />`}
            </span>
          </li>
        `)}
      </ul>
    `}
  `;
}

/** @param {{ href: string, icon: string, text: string, of: string }} props */
function Out({ href, icon, text, of }) {
  return html`<a class="resource" href=${href} target="_blank" rel="noopener noreferrer"><${Icon} name=${icon} />
    <span>${text}<span class="only-heard">: ${of}</span></span></a>`;
}

/** A file: pictures, films and sounds at once, all others to open. @param {{ asset: AssetView, title: string }} props */
function Asset({ asset, title }) {
  const [kind] = asset.contentType.split("/");
  return html`
    <figure class="asset">
      ${kind === "image" && html`<img src=${asset.url} alt=${title} />`}
      ${(kind === "video" || kind === "audio") && html`<${Player} kind=${kind} url=${asset.url} title=${title} />`}
      <figcaption>
        <a class="resource" href=${asset.url} target="_blank" rel="noopener noreferrer"><${Icon} name="file" />
          <span><bdi>${asset.fileName}</bdi>${asset.size !== null && html` <bdi class="quiet" dir="ltr">${fileSize(asset.size)}</bdi>`}</span></a>
      </figcaption>
    </figure>
  `;
}

/** Plays on while its link is renewed: the new one is taken when the old one no longer works, where it stopped.
 * @param {{ kind: "video" | "audio", url: string, title: string }} props */
function Player({ kind, url, title }) {
  const [source, setSource] = useState({ url, at: 0 });
  /** @param {Event & { currentTarget: HTMLMediaElement }} event */
  function renew({ currentTarget: player }) {
    if (source.url !== url) setSource({ url, at: player.currentTime });
  }
  /** @param {Event & { currentTarget: HTMLMediaElement }} event */
  function goOn({ currentTarget: player }) {
    if (!source.at) return;
    player.currentTime = source.at;
    player.play();
  }
  return html`<${kind} src=${source.url} controls preload="metadata" aria-label=${title} onError=${renew} onLoadedMetadata=${goOn}><//>`;
}
