import type { Traits } from '../../shared/model';
import type { RulesModel } from '../rules';
import type { Decided, Rules } from './list';

/** The chosen rule, and how the chosen row meets the rules. */
export class Choice {
  constructor(
    readonly rules: Rules,
    readonly traits: Traits<RulesModel>
  ) {}

  get rule(): number | null {
    const rule = this.traits.get('rule') ?? -1;
    return rule >= 0 && rule < this.rules.size ? rule : null;
  }

  get decided(): Decided | null {
    const now = this.traits.get('decided');
    // another row was chosen, and the kernel has not answered yet
    return now?.tests && now.row === this.traits.get('row') ? (now as Decided) : null;
  }

  /** Once more, or nothing, lets go of it. */
  choose(place: number | null): void {
    const again = place === null || place === this.rule;
    this.traits.set(
      again ? { rule: null, node: null } : { rule: place, node: this.rules.nodes[place] }
    );
  }

  /** A node was chosen elsewhere: one inside a tree is no rule. */
  follow(): void {
    const at = this.rules.nodes.indexOf(this.traits.get('node') ?? -1);
    const rule = at < 0 ? null : at;
    if (rule !== this.rule) this.traits.set({ rule });
  }
}
