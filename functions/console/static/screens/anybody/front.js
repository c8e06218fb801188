import { html } from "htm/preact";
import { all, get } from "../../api.js";
import { money, t } from "../../i18n.js";
import { Button } from "../../parts/button.js";
import { EmptyState } from "../../parts/empty.js";
import { Field } from "../../parts/form.js";
import { institute } from "../../parts/institute.js";
import { Loaded, useLoad } from "../../parts/load.js";
import { Page } from "../../parts/page.js";
import { Pager, usePages } from "../../parts/pager.js";
import { Badge, UserText } from "../../parts/values.js";
import { go } from "../../router.js";
import { person } from "../../session.js";

/** @import { CourseView, ProgramView, TermView } from "lms/api" */

/** The institute's front page: its name, the open courses, the way in. @param {import("../../router.js").ScreenProps} props */
export default function Front({ query }) {
  const [q, programId, termId] = ["q", "program", "term"].map((name) => query.get(name) ?? "");
  const courses = usePages((cursor) => get("/courses/catalogue", { query: { q, programId, termId, cursor } }), [q, programId, termId]);
  const filters = useLoad(() =>
    Promise.all([all((page) => get("/programs/list", { query: page })), all((page) => get("/terms", { query: page }))])
  );
  const isFiltered = Boolean(q || programId || termId);
  const way = person.value
    ? html`<${Button} kind="main" href="/app">${t("front.continue")}<//>`
    : html`
      ${institute.value.registration === "open" && html`<${Button} href="/app/register">${t("register.title")}<//>`}
      <${Button} kind="main" href="/app/sign-in">${t("signIn.title")}<//>
    `;
  return html`
    <${Page} title=${institute.value.name ?? ""} lead=${t("front.lead")} actions=${way}>
      <${Filters} q=${q} programId=${programId} termId=${termId} programs=${filters.data?.[0] ?? []} terms=${filters.data?.[1] ?? []} />
      <h2>${t("front.courses")}</h2>
      <${Loaded} of=${courses}>${(/** @type {{ items: CourseView[] }} */ { items }) => items.length
    ? html`
        <ul class="cards">${items.map((course) => html`<${Course} key=${course.id} course=${course} />`)}</ul>
        <${Pager} of=${courses} />
      `
    : html`
        <${EmptyState} icon="book" text=${isFiltered ? t("front.noneFound") : t("front.none")}>
          ${isFiltered && html`<${Button} href="/">${t("front.showAll")}<//>`}
        <//>
      `}<//>
    <//>
  `;
}

/** @param {{ q: string, programId: string, termId: string, programs: ProgramView[], terms: TermView[] }} props */
function Filters({ q, programId, termId, programs, terms }) {
  /** @param {SubmitEvent | Event} event */
  function search(event) {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (/** @type {Element} */ (event.target).closest("form"));
    const given = [...new FormData(form)].filter(([, value]) => value).map(([name, value]) => [name, String(value)]);
    go(given.length ? `/?${new URLSearchParams(given)}` : "/", { replace: true });
  }
  /** @param {{ id: string, title: string }[]} items */
  const options = (items) => [{ value: "", label: t("front.all") }, ...items.map(({ id, title }) => ({ value: id, label: title }))];
  return html`
    <form class="filters" role="search" onSubmit=${search} onChange=${search}>
      <${Field} name="q" type="search" label=${t("front.search")} value=${q} required=${false} />
      ${programs.length > 1 && html`<${Field} name="program" label=${t("front.program")} options=${options(programs)} value=${programId} required=${false} />`}
      ${terms.length > 1 && html`<${Field} name="term" label=${t("front.term")} options=${options(terms)} value=${termId} required=${false} />`}
    </form>
  `;
}

/** @param {{ course: CourseView }} props */
function Course({ course }) {
  const teachers = course.teachers.map(({ name }) => name).join(", ");
  const seats = course.seatsLeft ?? null;
  return html`
    <li class="card course-card">
      <p class="quiet"><${UserText}>${course.programTitle}<//></p>
      <h3><a href="/app/courses/${course.id}"><${UserText}>${course.title}<//></a></h3>
      ${course.short_description && html`<p dir="auto">${course.short_description}</p>`}
      ${teachers && html`<p class="quiet">${t("front.taughtBy")} <bdi>${teachers}</bdi></p>`}
      <p class="row">
        ${course.termTitle && html`<${Badge}><bdi>${course.termTitle}</bdi><//>`}
        ${course.fee && html`<${Badge}>${money(course.fee, course.currency)}<//>`}
        ${seats !== null && html`<${Badge} tone=${seats ? "good" : "fair"}>${seats ? t("front.seats", { count: seats }) : t("front.full")}<//>`}
      </p>
    </li>
  `;
}
