import { rmSync } from 'node:fs';

for (const path of ['lib', '../jupyter_distill/static', '../jupyter_distill/labextension']) {
  rmSync(path, { recursive: true, force: true });
}
