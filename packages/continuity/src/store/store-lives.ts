/** What an answer tells of the cluster that gave it. */
export interface AnswerLife {
  /** etcd's id of the cluster; null when the answer does not say. */
  readonly cluster: string | null;
  /** Of the `store` record that the answer shows; null when it shows none. */
  readonly generation: number | null;
}

/**
 * Which clusters carry which life of the store. After a forced quorum members of the old cluster may come back, with a majority of their
 * own: whatever they answer is of a life that is over, so they are treated as members that failed. What was learned is shared by all
 * connections of a daemon and forgotten with its process.
 */
export class StoreLives {
  readonly #generations = new Map<string, number>();
  /** For which cluster each member answered last. */
  readonly #clusters = new Map<string, string>();
  #newest = 0;

  /** The newest generation seen; 0 before any. */
  get newest(): number {
    return this.#newest;
  }

  note({ cluster, generation }: AnswerLife): void {
    if (generation === null) return;
    this.#newest = Math.max(this.#newest, generation);
    // A member that was restored twice bears the same id in both lives: the newer one counts.
    const known = cluster === null ? 0 : (this.#generations.get(cluster) ?? 0);
    if (cluster !== null) this.#generations.set(cluster, Math.max(known, generation));
  }

  noteMember(member: string, cluster: string): void {
    this.#clusters.set(member, cluster);
  }

  /** Nothing is known of the member's cluster any more: it may have been restored into another one. */
  forgetMember(member: string): void {
    this.#clusters.delete(member);
  }

  clusterAt(member: string): string | null {
    return this.#clusters.get(member) ?? null;
  }

  /** Whether the member belongs to a cluster whose life is over, as far as is known. */
  isOverAt(member: string): boolean {
    return this.isOver({ cluster: this.clusterAt(member), generation: null });
  }

  /** Whether an answer is of a life that is over. An answer that shows a record speaks for itself, any other for its cluster. */
  isOver({ cluster, generation }: AnswerLife): boolean {
    const known = cluster === null ? undefined : this.#generations.get(cluster);
    return (generation ?? known ?? this.#newest) < this.#newest;
  }
}
