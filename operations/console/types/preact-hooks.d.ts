// What the console uses of Preact's hooks.
import type { Context } from "preact";

export function useState<T>(initial: T | (() => T)): [T, (next: T | ((current: T) => T)) => void];
export function useEffect(effect: () => void | (() => void), inputs?: unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), inputs?: unknown[]): void;
export function useRef<T>(initial: T): { current: T };
export function useMemo<T>(make: () => T, inputs?: unknown[]): T;
export function useCallback<T>(callback: T, inputs: unknown[]): T;
export function useContext<T>(context: Context<T>): T;
export function useId(): string;
