interface Schema {
  properties: { defaultStudent: object };
}
export function families(): { name: string; what: string }[];
export function offering<T extends Schema>(schema: T): T;
