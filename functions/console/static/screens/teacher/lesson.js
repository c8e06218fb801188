import { useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, put } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { Field, Form } from "../../parts/form.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Markdown } from "../../parts/markdown.js";
import { Card } from "../../parts/page.js";
import { toast } from "../../parts/toast.js";
import { CoursePage } from "./course-page.js";
import { LessonFile } from "./lesson-file.js";

/** @import { ContentSubtopicView, LessonView } from "lms/api" */
/** @typedef {Pick<ContentSubtopicView, "title" | "githubRepoLink" | "videoLink"> & { id?: string }} Link */

/** A lesson's text, file and links. @param {import("../../router.js").ScreenProps} props */
export default function Lesson({ params: { courseId, lessonId } }) {
  const lesson = useLoad(() => get("/lessons/{lessonId}", { params: { lessonId } }));
  return html`
    <${CoursePage} courseId=${courseId} title=${lesson.data?.title ?? t("teacher.lesson.title")} width="">
      <p><a href="/app/teach/courses/${courseId}/outline">${t("teacher.lesson.toOutline")}</a></p>
      <${Loaded} of=${lesson} lines=${8}>${(/** @type {LessonView} */ data) => html`
        <${Editor} key=${data.version} lesson=${data} onSaved=${lesson.set} />
        <${LessonFile} lesson=${data} onSaved=${lesson.set} />
      `}<//>
    <//>
  `;
}

/** @param {{ lesson: LessonView, onSaved: (lesson: LessonView) => void }} props */
function Editor({ lesson, onSaved }) {
  const [text, setText] = useState(lesson.text ?? "");
  const [preview, setPreview] = useState(false);
  const [links, setLinks] = useState(/** @type {Link[]} */ (lesson.subtopics));

  /** @param {import("../../parts/form.js").Values} values */
  async function save({ title, contentUrl, minutes, published }) {
    const saved = await put("/lessons/{lessonId}", {
      params: { lessonId: lesson.id },
      ifMatch: lesson.version,
      body: {
        title, published, contentUrl: contentUrl ?? null, text: text.trim() || null,
        duration: minutes === undefined ? null : Math.round(minutes * 60),
        subtopics: links.map(({ id, title, githubRepoLink, videoLink }) => ({
          ...(id ? { id } : {}), title, githubRepoLink: githubRepoLink || null, videoLink: videoLink || null,
        })),
      },
    });
    toast(t("saved"));
    onSaved(saved);
  }
  /** @param {number} at @param {Partial<Link>} changes */
  const edit = (at, changes) => setLinks(links.with(at, { ...links[at], ...changes }));

  return html`
    <${Card}>
      <${Form} submit=${t("save")} onSubmit=${save}>
        <${Field} name="title" label=${t("teacher.exam.title")} value=${lesson.title} maxlength="200" />
        <div class="form-columns">
          <${Field} name="contentUrl" type="url" dir="ltr" optional label=${t("teacher.lesson.page")} value=${lesson.contentUrl ?? ""}
            hint=${t("teacher.lesson.https")} />
          <${Field} name="minutes" type="number" min="0" step="any" optional label=${t("teacher.lesson.minutes")}
            value=${lesson.duration === null ? "" : lesson.duration / 60} />
        </div>
        <${Field} name="text" label=${t("teacher.lesson.text")} rows=${12} optional value=${text} hint=${t("markdown.hint")}
          onInput=${(/** @type {any} */ { target }) => setText(target.value)} />
        <div><${Button} small aria-expanded=${preview ? "true" : "false"} onClick=${() => setPreview(!preview)}>${t("teacher.lesson.preview")}<//></div>
        ${preview && html`<div class="lesson-preview"><${Markdown} text=${text} images=${lesson.images} /></div>`}
        <fieldset class="stack">
          <legend>${t("teacher.lesson.links")}</legend>
          ${links.map((link, at) => html`
            <div key=${link.id ?? at} class="link-edited">
              <${LinkField} label=${t("teacher.lesson.linkTitle", { at: at + 1 })} value=${link.title} required
                onInput=${(/** @type {string} */ title) => edit(at, { title })} />
              <${LinkField} label=${t("teacher.lesson.video", { at: at + 1 })} type="url" value=${link.videoLink ?? ""}
                onInput=${(/** @type {string} */ videoLink) => edit(at, { videoLink })} />
              <${LinkField} label=${t("teacher.lesson.code", { at: at + 1 })} type="url" value=${link.githubRepoLink ?? ""}
                onInput=${(/** @type {string} */ githubRepoLink) => edit(at, { githubRepoLink })} />
              <${Button} small kind="quiet" icon="trash" label=${t("teacher.lesson.removeLink", { at: at + 1 })}
                onClick=${() => setLinks(links.toSpliced(at, 1))} />
            </div>
          `)}
          <div><${Button} small icon="plus" onClick=${() => setLinks([...links, { title: "", githubRepoLink: null, videoLink: null }])}>
            ${t("teacher.lesson.addLink")}<//></div>
        </fieldset>
        <${Field} name="published" type="checkbox" label=${t("teacher.outline.published")} value=${lesson.published} />
      <//>
    <//>
  `;
}

/** @param {{ label: string, value: string, type?: string, required?: boolean, onInput: (value: string) => void }} props */
function LinkField({ label, value, type = "text", required = false, onInput }) {
  return html`<label class="field"><span>${label}</span><input type=${type} dir=${type === "url" ? "ltr" : "auto"} value=${value} required=${required}
    onInput=${(/** @type {any} */ { target }) => onInput(target.value)} /></label>`;
}
