// Writes into the built schema which families of students may be a default: those that have a file.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const students = join(root, 'jupyter_distill/students');
const target = join(root, 'jupyter_distill/labextension/schemas/jupyter-distill/plugin.json');

/** What is typed for each family, and what it is, as jupyter_distill/_families.py reads them. */
export function families() {
  return readdirSync(students)
    .filter((file) => /^[^_].*\.py$/.test(file))
    .sort()
    .map((file) => {
      const said = /^"""([^:\n"]*)/.exec(readFileSync(join(students, file), 'utf8'));
      if (!said) throw new Error(`${file}: expected a first line that says what the family is`);
      return { name: file.slice(0, -'.py'.length), what: said[1].replace(/\.$/, '') };
    });
}

/** Returns a schema that offers each. */
export function offering(schema) {
  const names = [...families().map(({ name }) => name), 'auto'];
  const { defaultStudent } = schema.properties;
  return {
    ...schema,
    properties: { ...schema.properties, defaultStudent: { ...defaultStudent, enum: names } }
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const schema = offering(JSON.parse(readFileSync(target, 'utf8')));
  writeFileSync(target, `${JSON.stringify(schema, null, 2)}\n`);
  console.log(`families             ${schema.properties.defaultStudent.enum.length - 1}`);
}
