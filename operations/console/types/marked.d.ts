// What the console uses of marked.
export interface Extension {
  name: string;
  level: "inline" | "block";
  start(text: string): number | undefined;
  tokenizer(text: string): { type: string; raw: string; text: string } | undefined;
  renderer(token: any): string;
}
export class Marked {
  constructor(options: { gfm: boolean; breaks: boolean; extensions: Extension[]; renderer: Record<string, (this: any, token: any) => string> });
  parse(text: string): string;
  parseInline(text: string): string;
}
