// What the console uses of Preact's signals.
export interface Signal<T = unknown> {
  value: T;
  peek(): T;
  subscribe(listener: (value: T) => void): () => void;
}
export function signal<T>(initial: T): Signal<T>;
export function computed<T>(compute: () => T): Signal<T> & { readonly value: T };
export function effect(run: () => void | (() => void)): () => void;
export function batch<T>(run: () => T): T;
export function useSignal<T>(initial: T): Signal<T>;
export function useComputed<T>(compute: () => T): Signal<T>;
