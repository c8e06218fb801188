import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "htm/preact";
import { get, put } from "../../api.js";
import { t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { toast } from "../../parts/toast.js";
import { askBeforeLeaving } from "../../router.js";
import { CoursePage } from "./course-page.js";

/** @import { OutlineView } from "lms/api" */
/**
 * @typedef {{ key: string, id?: string, title: string, published: boolean }} Lesson `id` of those that are saved
 * @typedef {Lesson & { description: string, lessons: Lesson[] }} Module
 * @typedef {{ module: number, lesson: number }} Place
 */

/** The course's modules and lessons, in order. @param {import("../../router.js").ScreenProps} props */
export default function Outline({ params: { courseId } }) {
  const outline = useLoad(() => get("/courses/{courseId}/outline", { params: { courseId } }));
  return html`
    <${CoursePage} courseId=${courseId} title=${t("teacher.outline.title")} width="">
      <${Loaded} of=${outline} lines=${8}>${(/** @type {OutlineView} */ data) =>
    html`<${Editor} key=${data.version} outline=${data} onSaved=${outline.set} />`}<//>
    <//>
  `;
}

/** @param {{ outline: OutlineView, onSaved: (outline: OutlineView) => void }} props */
function Editor({ outline, onSaved }) {
  const [modules, setModules] = useState(() => modulesOf(outline));
  const [past, setPast] = useState(/** @type {Module[][]} */ ([]));
  const [isChanged, setChanged] = useState(false);
  const dragged = useRef(/** @type {Place | null} */ (null));
  useEffect(() => askBeforeLeaving(isChanged ? t("teacher.unsaved") : null), [isChanged]);

  /** @param {Module[]} next @param {boolean} [undoable] */
  function change(next, undoable = true) {
    if (undoable) setPast([...past, modules]);
    setModules(next);
    setChanged(true);
  }
  function undo() {
    setModules(past[past.length - 1]);
    setPast(past.slice(0, -1));
  }
  async function save() {
    const body = { modules: modules.map(({ key: _, lessons, ...module }) => ({ ...module, lessons: lessons.map(({ key: _, ...lesson }) => lesson) })) };
    const saved = await put("/courses/{courseId}/outline", { params: { courseId: outline.courseId }, body, ifMatch: outline.version });
    setChanged(false);
    askBeforeLeaving(null);
    toast(t("saved"));
    onSaved(saved);
  }
  /** @param {number} at @param {Partial<Module>} changes @param {boolean} [undoable] */
  const edit = (at, changes, undoable = false) => change(modules.with(at, { ...modules[at], ...changes }), undoable);
  /** @param {Place} from @param {Place} to */
  const move = (from, to) => change(moved(modules, from, to));
  /** @param {Place} to */
  const drop = (to) => {
    if (dragged.current) move(dragged.current, to);
    dragged.current = null;
  };

  return html`
    <div class="row outline-actions">
      <${Button} kind="main" disabled=${!isChanged} onClick=${save}>${t("save")}<//>
      <${Button} disabled=${past.length === 0} onClick=${undo}>${t("teacher.outline.undo")}<//>
      <span class="quiet" aria-live="polite">${isChanged && t("teacher.outline.unsaved")}</span>
    </div>
    ${modules.length === 0 && html`<${EmptyState} icon="book" text=${t("teacher.outline.none")} />`}
    <ol class="stack">
      ${modules.map((module, at) => html`
        <li key=${module.key} class="card">
          <div class="part">
            <input type="text" dir="auto" class="part-title" value=${module.title} aria-label=${t("teacher.outline.module", { at: at + 1 })}
              onInput=${(/** @type {any} */ { target }) => edit(at, { title: target.value })} />
            <${Controls} part=${module} isFirst=${at === 0} isLast=${at === modules.length - 1}
              onPublished=${(/** @type {boolean} */ published) => edit(at, { published }, true)}
              onMove=${(/** @type {number} */ step) => change(modules.toSpliced(at, 1).toSpliced(at + step, 0, module))}
              onDelete=${() => change(modules.toSpliced(at, 1))} />
          </div>
          <ol class="lessons" onDragOver=${(/** @type {Event} */ event) => event.preventDefault()}
            onDrop=${() => drop({ module: at, lesson: module.lessons.length })}>
            ${module.lessons.map((lesson, index) => {
    const place = { module: at, lesson: index };
    return html`
                <li key=${lesson.key} class="part" draggable="true" onDragStart=${() => (dragged.current = place)}
                  onDrop=${(/** @type {Event} */ event) => (event.stopPropagation(), drop(place))}>
                  <input type="text" dir="auto" class="part-title" value=${lesson.title}
                    aria-label=${t("teacher.outline.lesson", { at: index + 1, module: module.title })}
                    onInput=${(/** @type {any} */ { target }) => edit(at, { lessons: module.lessons.with(index, { ...lesson, title: target.value }) })} />
                  ${lesson.id && html`
                    <${Button} small href="/app/teach/courses/${outline.courseId}/outline/${lesson.id}">${t("teacher.outline.open")}<//>
                  `}
                  <${Controls} part=${lesson} isFirst=${at === 0 && index === 0}
                    isLast=${at === modules.length - 1 && index === module.lessons.length - 1}
                    onPublished=${(/** @type {boolean} */ published) =>
      edit(at, { lessons: module.lessons.with(index, { ...lesson, published }) }, true)}
                    onMove=${(/** @type {number} */ step) => move(place, beside(modules, place, step))}
                    onDelete=${() => edit(at, { lessons: module.lessons.toSpliced(index, 1) }, true)} />
                </li>
              `;
  })}
          </ol>
          <${Button} small icon="plus" onClick=${() => edit(at, { lessons: [...module.lessons, fresh(t("teacher.outline.newLesson"))] }, true)}>
            ${t("teacher.outline.addLesson")}
          <//>
        </li>
      `)}
    </ol>
    <div class="row">
      <${Button} icon="plus" onClick=${() => change([...modules, { ...fresh(t("teacher.outline.newModule")), description: "", lessons: [] }])}>
        ${t("teacher.outline.addModule")}
      <//>
    </div>
  `;
}

/**
 * @param {{
 *   part: Lesson, isFirst: boolean, isLast: boolean, onPublished: (published: boolean) => void, onMove: (step: -1 | 1) => void, onDelete: () => void
 * }} props
 */
function Controls({ part, isFirst, isLast, onPublished, onMove, onDelete }) {
  const of = { title: part.title };
  return html`
    <span class="part-controls">
      <label class="row small"><input type="checkbox" checked=${part.published} aria-label=${t("teacher.outline.publishedOf", of)}
        onChange=${(/** @type {any} */ { target }) => onPublished(target.checked)} />${t("teacher.outline.published")}</label>
      <${Button} small kind="quiet" icon="up" label=${t("teacher.outline.up", of)} disabled=${isFirst} onClick=${() => onMove(-1)} />
      <${Button} small kind="quiet" icon="down" label=${t("teacher.outline.down", of)} disabled=${isLast} onClick=${() => onMove(1)} />
      <${Button} small kind="quiet" icon="trash" label=${t("teacher.outline.delete", of)} onClick=${onDelete} />
    </span>
  `;
}

/** @param {OutlineView} outline @returns {Module[]} */
function modulesOf({ modules }) {
  return modules.map(({ id, title, description, published, lessons }) => ({
    key: id, id, title, description, published,
    lessons: lessons.map(({ id, title, published }) => ({ key: id, id, title, published })),
  }));
}

/** @param {string} title @returns {Lesson} */
function fresh(title) {
  return { key: crypto.randomUUID(), title, published: true };
}

/** The place after or before a lesson, in the next module at the end of one.
 * @param {Module[]} modules @param {Place} place @param {number} step @returns {Place} */
function beside(modules, { module, lesson }, step) {
  const within = lesson + step;
  if (within >= 0 && within < modules[module].lessons.length) return { module, lesson: within };
  const next = module + step;
  return { module: next, lesson: step > 0 ? 0 : modules[next].lessons.length };
}

/** @param {Module[]} modules @param {Place} from @param {Place} to */
function moved(modules, from, to) {
  const lesson = modules[from.module].lessons[from.lesson];
  const without = modules.with(from.module, { ...modules[from.module], lessons: modules[from.module].lessons.toSpliced(from.lesson, 1) });
  return without.with(to.module, { ...without[to.module], lessons: without[to.module].lessons.toSpliced(to.lesson, 0, lesson) });
}
