export function template(): string;
export function kept(): string;
export function texts(source: string, name?: string): string[][];
