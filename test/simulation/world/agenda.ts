interface Entry {
  readonly at: number;
  readonly order: number;
  readonly work: () => void;
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** What is to happen at which virtual millisecond: the earliest first, and of two at once the one that was put first. */
export const agenda = () => {
  const heap: Entry[] = [];
  let order = 0;

  const swap = (i: number, j: number): void => {
    [heap[i], heap[j]] = [heap[j] as Entry, heap[i] as Entry];
  };

  const put = (at: number, work: () => void): void => {
    heap.push({ at, order: order++, work });
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1;
      if (!isBefore(heap[i] as Entry, heap[parent] as Entry)) break;
      swap(i, parent);
      i = parent;
    }
  };

  const take = (): Entry | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    heap[0] = last;
    for (let i = 0; ;) {
      const left = 2 * i + 1;
      const least = [left, left + 1].reduce(
        (best, child) => (child < heap.length && isBefore(heap[child] as Entry, heap[best] as Entry) ? child : best),
        i,
      );
      if (least === i) return first;
      swap(i, least);
      i = least;
    }
  };

  return { put, take, nextAt: (): number | undefined => heap[0]?.at };
};
