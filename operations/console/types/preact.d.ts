// What the console uses of Preact.
import type { Signal } from "@preact/signals";

export type Child = VNode | Signal | string | number | boolean | null | undefined | Child[];
export interface VNode {
  type: unknown;
  props: Record<string, unknown>;
  key: unknown;
}
export interface Context<T> {
  Provider: (props: { value: T; children?: Child }) => VNode;
}
export function createContext<T>(initial: T): Context<T>;
export function render(node: Child, parent: Element): void;
