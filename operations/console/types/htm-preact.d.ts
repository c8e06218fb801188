import type { VNode } from "preact";

export function html(strings: TemplateStringsArray, ...values: unknown[]): VNode;
export { render } from "preact";
